package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** {@link ArgmaxLoops} in two steps: the largest value of a row, then the first place it is at. */
final class ArgmaxVectors {
  private ArgmaxVectors() {}

  static void rows(long x, int columns, long y, long lo, long hi) {
    int whole = (columns - 1) / COUNT * COUNT;
    VectorMask<Float> tail = Lanes.first(columns - whole);
    for (long row = lo; row < hi; row++) {
      long at = x + 4 * row * columns;
      FloatVector last = fromMemorySegment(F, ALL, at + 4L * whole, ORDER, tail);
      // NaN is not equal to itself.
      boolean numbers = last.compare(EQ, last).allTrue();
      FloatVector max = broadcast(F, Float.NEGATIVE_INFINITY).blend(last, tail);
      for (int i = 0; i < whole; i += COUNT) {
        FloatVector v = fromMemorySegment(F, ALL, at + 4L * i, ORDER);
        numbers &= v.compare(EQ, v).allTrue();
        max = max.blend(v, v.compare(GT, max));
      }
      max = Lanes.max(max);
      int place = whole + last.compare(EQ, max).and(tail).firstTrue();
      for (int i = whole - COUNT; i >= 0; i -= COUNT) {
        VectorMask<Float> here = fromMemorySegment(F, ALL, at + 4L * i, ORDER).compare(EQ, max);
        place = here.anyTrue() ? i + here.firstTrue() : place;
      }
      Native.putInt(y, row, numbers ? place : ArgmaxLoops.first(at, columns));
    }
  }
}
