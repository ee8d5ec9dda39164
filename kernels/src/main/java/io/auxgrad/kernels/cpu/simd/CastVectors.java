package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;

/**
 * {@link CastLoops} between float32 and bfloat16 on whole vectors; each returns the first element
 * that is left.
 */
final class CastVectors {
  private CastVectors() {}

  static int toBfloat16(long x, long y, int n) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      Bfloat16.store(Lanes.load(x, i), y, i);
    }
    return end;
  }

  static int toFloat32(long x, long y, int n) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      Lanes.store(Bfloat16.load(x, i), y, i);
    }
    return end;
  }
}
