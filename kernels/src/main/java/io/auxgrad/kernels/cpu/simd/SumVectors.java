package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.DOUBLES;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.loadDoubles;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/** {@link SumLoops} on whole vectors. */
final class SumVectors {
  /** What {@link #sum} and {@link #sumOfSquares} take at a time. */
  static final int STEP = 4 * DOUBLES;

  private SumVectors() {}

  /** The sum of {@code n} floats, a multiple of {@link #STEP}. */
  static double sum(long x, int n) {
    DoubleVector a = DoubleVector.zero(Lanes.D);
    DoubleVector b = a;
    DoubleVector c = a;
    DoubleVector d = a;
    for (int i = 0; i < n; i += STEP) {
      a = a.add(loadDoubles(x, i));
      b = b.add(loadDoubles(x, i + DOUBLES));
      c = c.add(loadDoubles(x, i + 2 * DOUBLES));
      d = d.add(loadDoubles(x, i + 3 * DOUBLES));
    }
    return Lanes.sum(a.add(b).add(c.add(d)));
  }

  /** The sum of the squares of {@code n} floats, a multiple of {@link #STEP}. */
  static double sumOfSquares(long x, int n) {
    DoubleVector a = DoubleVector.zero(Lanes.D);
    DoubleVector b = a;
    DoubleVector c = a;
    DoubleVector d = a;
    for (int i = 0; i < n; i += STEP) {
      a = square(x, i, a);
      b = square(x, i + DOUBLES, b);
      c = square(x, i + 2 * DOUBLES, c);
      d = square(x, i + 3 * DOUBLES, d);
    }
    return Lanes.sum(a.add(b).add(c.add(d)));
  }

  private static DoubleVector square(long x, int i, DoubleVector sum) {
    DoubleVector v = loadDoubles(x, i);
    return v.fma(v, sum);
  }

  /** Adds whole vectors of columns; returns the first column that is left to do. */
  static int addRows(long x, long stride, int rows, int columns, double[] sums) {
    float[] lanes = new float[4 * COUNT];
    int c = 0;
    for (; c <= columns - 4 * COUNT; c += 4 * COUNT) {
      fourColumns(x + 4L * c, stride, rows, lanes);
      add(lanes, 4 * COUNT, sums, c);
    }
    for (; c <= columns - COUNT; c += COUNT) {
      oneColumn(x + 4L * c, stride, rows, lanes);
      add(lanes, COUNT, sums, c);
    }
    return c;
  }

  private static void fourColumns(long x, long stride, int rows, float[] out) {
    FloatVector a = FloatVector.zero(Lanes.F);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    long at = x;
    for (int row = 0; row < rows; row++) {
      a = a.add(load(at, 0));
      b = b.add(load(at, COUNT));
      c = c.add(load(at, 2 * COUNT));
      d = d.add(load(at, 3 * COUNT));
      at += 4 * stride;
    }
    a.intoArray(out, 0);
    b.intoArray(out, COUNT);
    c.intoArray(out, 2 * COUNT);
    d.intoArray(out, 3 * COUNT);
  }

  private static void oneColumn(long x, long stride, int rows, float[] out) {
    FloatVector a = FloatVector.zero(Lanes.F);
    FloatVector b = a;
    long at = x;
    for (int row = 0; row + 1 < rows; row += 2) {
      a = a.add(load(at, 0));
      b = b.add(load(at + 4 * stride, 0));
      at += 8 * stride;
    }
    if ((rows & 1) != 0) {
      a = a.add(load(at, 0));
    }
    a.add(b).intoArray(out, 0);
  }

  private static void add(float[] lanes, int n, double[] sums, int c) {
    for (int i = 0; i < n; i++) {
      sums[c + i] += lanes[i];
    }
  }
}
