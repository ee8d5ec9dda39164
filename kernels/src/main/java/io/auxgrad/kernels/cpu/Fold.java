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

  /** {@code values[i]} is the value of row {@code i} of {@code columns} floats. */
  void each(long x, int columns, int rows, float[] values);

  /**
   * Combines {@code values} with {@code rows} rows of as many floats, which lie {@code stride}
   * floats apart.
   */
  void rows(long x, long stride, int rows, double[] values);

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
    public void each(long x, int columns, int rows, float[] values) {
      SumLoops.shortRows(x, columns, rows, values);
    }

    @Override
    public void rows(long x, long stride, int rows, double[] values) {
      SumLoops.addRows(x, stride, rows, values.length, values);
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
    public void each(long x, int columns, int rows, float[] values) {
      for (int row = 0; row < rows; row++) {
        values[row] = MaximumLoops.maximum(x + 4L * row * columns, sign, columns);
      }
    }

    @Override
    public void rows(long x, long stride, int rows, double[] values) {
      MaximumLoops.maximumOfRows(x, stride, sign, rows, values.length, values);
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
