package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@link MaximumLoops} on whole vectors. */
final class MaximumVectors {
  /** What {@link #maximum} takes at a time. */
  static final int STEP = 4 * COUNT;

  private MaximumVectors() {}

  /** The largest of {@code n} floats, a multiple of {@link #STEP}. */
  static float maximum(long x, float sign, int n) {
    FloatVector s = broadcast(F, sign);
    FloatVector a = broadcast(F, Float.NEGATIVE_INFINITY);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (int i = 0; i < n; i += STEP) {
      a = a.max(fromMemorySegment(F, ALL, x + 4L * i, ORDER).mul(s));
      b = b.max(fromMemorySegment(F, ALL, x + 4L * (i + COUNT), ORDER).mul(s));
      c = c.max(fromMemorySegment(F, ALL, x + 4L * (i + 2 * COUNT), ORDER).mul(s));
      d = d.max(fromMemorySegment(F, ALL, x + 4L * (i + 3 * COUNT), ORDER).mul(s));
    }
    return a.max(b).max(c.max(d)).reduceLanes(VectorOperators.MAX);
  }

  /** Whole vectors of columns; returns the first column that is left to do. */
  static int rows(long x, long stride, float sign, int rows, int columns, double[] max) {
    float[] lanes = new float[COUNT];
    int c = 0;
    for (; c <= columns - COUNT; c += COUNT) {
      column(x + 4L * c, stride, sign, rows, lanes);
      for (int i = 0; i < COUNT; i++) {
        max[c + i] = Math.max(max[c + i], lanes[i]);
      }
    }
    return c;
  }

  private static void column(long x, long stride, float sign, int rows, float[] out) {
    FloatVector s = broadcast(F, sign);
    FloatVector a = broadcast(F, Float.NEGATIVE_INFINITY);
    long at = x;
    for (int row = 0; row < rows; row++) {
      a = a.max(fromMemorySegment(F, ALL, at, ORDER).mul(s));
      at += 4 * stride;
    }
    a.intoArray(out, 0);
  }
}
