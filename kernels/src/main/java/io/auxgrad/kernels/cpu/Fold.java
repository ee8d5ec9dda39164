package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.MaximumLoops;
import io.auxgrad.kernels.cpu.simd.SumLoops;
import io.auxgrad.tensor.ops.ReductionOps.Kind;

/** One way of combining many values into one, by way of float64. */
sealed interface Fold {
  /** The value of nothing. */
  double start();

  /** The value of {@code n} floats. */
  double of(long x, int n);

  /**
   * Adds {@code rows} rows of {@code columns} floats that lie {@code stride} floats apart to {@code
   * values}.
   */
  void rows(long x, long stride, int rows, int columns, double[] values);

  /** The value of two parts together. */
  double combine(double a, double b);

  /** What is stored in the end. */
  float finish(double value);

  /** The fold of {@code kind} over {@code count} values for each result. */
  static Fold of(Kind kind, long count) {
    return switch (kind) {
      case SUM -> new Sum(1);
      case MEAN -> new Sum(count);
      case MAX -> new Extremum(1);
      case MIN -> new Extremum(-1);
    };
  }

  /** A sum divided by {@code count}. */
  record Sum(long count) implements Fold {
    @Override
    public double start() {
      return 0;
    }

    @Override
    public double of(long x, int n) {
      return SumLoops.sum(x, n);
    }

    @Override
    public void rows(long x, long stride, int rows, int columns, double[] values) {
      SumLoops.addRows(x, stride, rows, columns, values);
    }

    @Override
    public double combine(double a, double b) {
      return a + b;
    }

    @Override
    public float finish(double value) {
      return (float) (value / count);
    }
  }

  /** The largest {@code sign * x}. */
  record Extremum(float sign) implements Fold {
    @Override
    public double start() {
      return Double.NEGATIVE_INFINITY;
    }

    @Override
    public double of(long x, int n) {
      return MaximumLoops.maximum(x, sign, n);
    }

    @Override
    public void rows(long x, long stride, int rows, int columns, double[] values) {
      MaximumLoops.maximumOfRows(x, stride, sign, rows, columns, values);
    }

    @Override
    public double combine(double a, double b) {
      return Math.max(a, b);
    }

    @Override
    public float finish(double value) {
      return (float) (sign * value);
    }
  }
}
