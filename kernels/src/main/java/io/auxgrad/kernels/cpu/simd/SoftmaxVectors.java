package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * {@link SoftmaxLoops} on blocks of rows that stay in the first-level cache, pass by pass: a loop
 * that did everything at once would exceed what the compiler inlines, and vectors would be boxed.
 * Exponentials do not care for rows; elsewhere the last vector of a row is masked.
 */
final class SoftmaxVectors {
  /**
   * One pass over {@code n} rows from {@code x} to {@code y}; {@code values} is one number per row.
   */
  private interface Pass {
    void run(long x, int columns, int n, long y, float[] values);
  }

  private static final int BLOCK = 4096;

  // Called through one megamorphic place, so that they are not inlined into one method.
  private static final Pass[] PASSES = {
    SoftmaxVectors::subtractMaximum, SoftmaxVectors::exponentials, SoftmaxVectors::sum
  };

  private SoftmaxVectors() {}

  static void rows(long x, int columns, long y, long lo, long hi) {
    int rows = blockRows(columns);
    float[][] values = new float[PASSES.length][rows];
    for (long row = lo; row < hi; row += rows) {
      int n = (int) Math.min(rows, hi - row);
      long at = 4 * row * columns;
      run(x + at, columns, n, y + at, values);
      divide(y + at, columns, n, values[2]);
    }
  }

  /** How many rows make a block: whole vectors, or one row. */
  static int blockRows(int columns) {
    int rows = BLOCK / columns;
    return rows < COUNT ? 1 : rows - rows % COUNT;
  }

  /**
   * {@code y = e^(x - max)} for {@code n} rows; their maxima go to {@code values[0]}, the sums to
   * {@code values[2]}.
   */
  static void run(long x, int columns, int n, long y, float[][] values) {
    for (int pass = 0; pass < PASSES.length; pass++) {
      PASSES[pass].run(x, columns, n, y, values[pass]);
    }
  }

  private static void exponentials(long x, int columns, int n, long y, float[] unused) {
    int size = n * columns;
    int end = size - size % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector v = fromMemorySegment(F, ALL, y + 4L * i, ORDER);
      VectorMath.expOfNegative(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    for (int i = end; i < size; i++) {
      Native.putFloat(y, i, (float) Math.exp(Native.getFloat(y, i)));
    }
  }

  private static void subtractMaximum(long x, int columns, int n, long y, float[] max) {
    int whole = (columns - 1) / COUNT * COUNT;
    VectorMask<Float> tail = Lanes.first(columns - whole);
    for (int row = 0; row < n; row++) {
      long from = x + 4L * row * columns;
      FloatVector last = fromMemorySegment(F, ALL, from + 4L * whole, ORDER, tail);
      FloatVector m = broadcast(F, Float.NEGATIVE_INFINITY).blend(last, tail);
      for (int i = 0; i < whole; i += COUNT) {
        m = Lanes.larger(m, fromMemorySegment(F, ALL, from + 4L * i, ORDER));
      }
      m = Lanes.max(m);
      max[row] = m.lane(0);
      long to = y + 4L * row * columns;
      for (int i = 0; i < whole; i += COUNT) {
        fromMemorySegment(F, ALL, from + 4L * i, ORDER)
            .sub(m)
            .intoMemorySegment(ALL, to + 4L * i, ORDER);
      }
      last.sub(m).intoMemorySegment(ALL, to + 4L * whole, ORDER, tail);
    }
  }

  private static void sum(long x, int columns, int n, long y, float[] sums) {
    int whole = (columns - 1) / COUNT * COUNT;
    VectorMask<Float> tail = Lanes.first(columns - whole);
    for (int row = 0; row < n; row++) {
      long from = y + 4L * row * columns;
      FloatVector sum = fromMemorySegment(F, ALL, from + 4L * whole, ORDER, tail);
      for (int i = 0; i < whole; i += COUNT) {
        sum = sum.add(fromMemorySegment(F, ALL, from + 4L * i, ORDER));
      }
      sums[row] = Lanes.sum(sum).lane(0);
    }
  }

  private static void divide(long y, int columns, int n, float[] sums) {
    int whole = (columns - 1) / COUNT * COUNT;
    VectorMask<Float> tail = Lanes.first(columns - whole);
    for (int row = 0; row < n; row++) {
      long at = y + 4L * row * columns;
      FloatVector factor = broadcast(F, 1 / sums[row]);
      for (int i = 0; i < whole; i += COUNT) {
        fromMemorySegment(F, ALL, at + 4L * i, ORDER)
            .mul(factor)
            .intoMemorySegment(ALL, at + 4L * i, ORDER);
      }
      fromMemorySegment(F, ALL, at + 4L * whole, ORDER, tail)
          .mul(factor)
          .intoMemorySegment(ALL, at + 4L * whole, ORDER, tail);
    }
  }

  static void gradient(long dy, long y, int columns, long dx, long lo, long hi) {
    int whole = (columns - 1) / COUNT * COUNT;
    VectorMask<Float> tail = Lanes.first(columns - whole);
    for (long row = lo; row < hi; row++) {
      long at = 4 * row * columns;
      FloatVector sum =
          fromMemorySegment(F, ALL, dy + at + 4L * whole, ORDER, tail)
              .mul(fromMemorySegment(F, ALL, y + at + 4L * whole, ORDER, tail));
      for (int i = 0; i < whole; i += COUNT) {
        sum =
            fromMemorySegment(F, ALL, dy + at + 4L * i, ORDER)
                .fma(fromMemorySegment(F, ALL, y + at + 4L * i, ORDER), sum);
      }
      FloatVector dot = Lanes.sum(sum);
      for (int i = 0; i < whole; i += COUNT) {
        fromMemorySegment(F, ALL, y + at + 4L * i, ORDER)
            .mul(fromMemorySegment(F, ALL, dy + at + 4L * i, ORDER).sub(dot))
            .intoMemorySegment(ALL, dx + at + 4L * i, ORDER);
      }
      FloatVector last =
          fromMemorySegment(F, ALL, y + at + 4L * whole, ORDER, tail)
              .mul(fromMemorySegment(F, ALL, dy + at + 4L * whole, ORDER, tail).sub(dot));
      last.intoMemorySegment(ALL, dx + at + 4L * whole, ORDER, tail);
    }
  }
}
