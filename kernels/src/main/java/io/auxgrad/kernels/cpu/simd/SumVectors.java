package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.D;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.F2D;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** {@link SumLoops} on whole vectors. */
final class SumVectors {
  /** What {@link #sum} and {@link #sumOfSquares} take at a time. */
  static final int STEP = 4 * COUNT;

  private SumVectors() {}

  /** Adds {@code n} floats, a multiple of {@link Lanes#COUNT}, to the float64 {@code sums}. */
  static void addAsDoubles(long floats, long sums, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector v = fromMemorySegment(F, ALL, floats + 4L * i, ORDER);
      long low = sums + 8L * i;
      long high = low + 8L * Lanes.DOUBLES;
      DoubleVector.fromMemorySegment(D, ALL, low, ORDER)
          .add(v.convertShape(F2D, D, 0))
          .intoMemorySegment(ALL, low, ORDER);
      DoubleVector.fromMemorySegment(D, ALL, high, ORDER)
          .add(v.convertShape(F2D, D, 1))
          .intoMemorySegment(ALL, high, ORDER);
    }
  }

  /** Returns the first element that is left to do. */
  static int addDoubles(long x, long sums, int n) {
    int end = n - n % Lanes.DOUBLES;
    for (int i = 0; i < end; i += Lanes.DOUBLES) {
      DoubleVector.fromMemorySegment(D, ALL, sums + 8L * i, ORDER)
          .add(DoubleVector.fromMemorySegment(D, ALL, x + 8L * i, ORDER))
          .intoMemorySegment(ALL, sums + 8L * i, ORDER);
    }
    return end;
  }

  /**
   * The sum of {@code n} floats, a multiple of {@link #STEP}; four at a time are added as floats.
   */
  static double sum(long x, int n) {
    DoubleVector low = DoubleVector.zero(D);
    DoubleVector high = low;
    for (int i = 0; i < n; i += STEP) {
      long at = x + 4L * i;
      FloatVector a = fromMemorySegment(F, ALL, at, ORDER);
      FloatVector b = fromMemorySegment(F, ALL, at + 4L * COUNT, ORDER);
      FloatVector c = fromMemorySegment(F, ALL, at + 8L * COUNT, ORDER);
      FloatVector d = fromMemorySegment(F, ALL, at + 12L * COUNT, ORDER);
      FloatVector sum = a.add(b).add(c.add(d));
      low = low.add(sum.convertShape(F2D, D, 0));
      high = high.add(sum.convertShape(F2D, D, 1));
    }
    return Lanes.sum(low.add(high));
  }

  /** The sum of the squares of {@code n} floats, a multiple of {@link #STEP}. */
  static double sumOfSquares(long x, int n) {
    DoubleVector low = DoubleVector.zero(D);
    DoubleVector high = low;
    for (int i = 0; i < n; i += COUNT) {
      FloatVector v = fromMemorySegment(F, ALL, x + 4L * i, ORDER);
      DoubleVector a = (DoubleVector) v.convertShape(F2D, D, 0);
      DoubleVector b = (DoubleVector) v.convertShape(F2D, D, 1);
      low = a.fma(a, low);
      high = b.fma(b, high);
    }
    return Lanes.sum(low.add(high));
  }

  /** {@code sums[i]} is the sum of row {@code i} of {@code columns} floats, added as floats. */
  static void shortRows(long x, int columns, int n, float[] sums) {
    int whole = (columns - 1) / COUNT * COUNT;
    VectorMask<Float> tail = Lanes.first(columns - whole);
    for (int row = 0; row < n; row++) {
      long at = x + 4L * row * columns;
      FloatVector sum = fromMemorySegment(F, ALL, at + 4L * whole, ORDER, tail);
      for (int i = 0; i < whole; i += COUNT) {
        sum = sum.add(fromMemorySegment(F, ALL, at + 4L * i, ORDER));
      }
      sums[row] = Lanes.sum(sum).lane(0);
    }
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
    FloatVector a = FloatVector.zero(F);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    long at = x;
    for (int row = 0; row < rows; row++) {
      a = a.add(fromMemorySegment(F, ALL, at, ORDER));
      b = b.add(fromMemorySegment(F, ALL, at + 4L * COUNT, ORDER));
      c = c.add(fromMemorySegment(F, ALL, at + 8L * COUNT, ORDER));
      d = d.add(fromMemorySegment(F, ALL, at + 12L * COUNT, ORDER));
      at += 4 * stride;
    }
    a.intoArray(out, 0);
    b.intoArray(out, COUNT);
    c.intoArray(out, 2 * COUNT);
    d.intoArray(out, 3 * COUNT);
  }

  private static void oneColumn(long x, long stride, int rows, float[] out) {
    FloatVector a = FloatVector.zero(F);
    FloatVector b = a;
    long at = x;
    for (int row = 0; row + 1 < rows; row += 2) {
      a = a.add(fromMemorySegment(F, ALL, at, ORDER));
      b = b.add(fromMemorySegment(F, ALL, at + 4 * stride, ORDER));
      at += 8 * stride;
    }
    if ((rows & 1) != 0) {
      a = a.add(fromMemorySegment(F, ALL, at, ORDER));
    }
    a.add(b).intoArray(out, 0);
  }

  private static void add(float[] lanes, int n, double[] sums, int c) {
    for (int i = 0; i < n; i++) {
      sums[c + i] += lanes[i];
    }
  }
}
