package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.VectorMask;

/** {@link CopyLoops} for short rows of four-byte elements. */
final class CopyVectors {
  private CopyVectors() {}

  static void rows(long from, long fromStride, long to, long toStride, int n, long rows) {
    int whole = n - n % COUNT;
    VectorMask<Float> tail = Lanes.first(n - whole);
    long source = from;
    long target = to;
    for (long row = 0; row < rows; row++) {
      for (int i = 0; i < whole; i += COUNT) {
        fromMemorySegment(F, ALL, source + 4L * i, ORDER)
            .intoMemorySegment(ALL, target + 4L * i, ORDER);
      }
      if (whole < n) {
        fromMemorySegment(F, ALL, source + 4L * whole, ORDER, tail)
            .intoMemorySegment(ALL, target + 4L * whole, ORDER, tail);
      }
      source += fromStride;
      target += toStride;
    }
  }
}
