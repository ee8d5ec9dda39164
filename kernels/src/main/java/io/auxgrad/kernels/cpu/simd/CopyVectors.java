package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

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
        store(load(source, i), target, i);
      }
      if (whole < n) {
        store(load(source, whole, tail), target, whole, tail);
      }
      source += fromStride;
      target += toStride;
    }
  }
}
