package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

import io.auxgrad.tensor.Philox;

/** Dropping elements at random. */
public final class DropoutLoops {
  private DropoutLoops() {}

  /**
   * {@code y = x * keep / (1 - p)}.
   *
   * @param first number of the first element in the stream, a multiple of 4
   */
  public static void apply(long x, float p, long seed, long stream, long first, long y, int n) {
    int[] random = new int[4];
    float scale = 1 / (1 - p);
    // A 24-bit number is below p * 2^24, which is exact in double, when its fraction is below p.
    int limit = (int) Math.ceil((double) p * (1 << 24));
    for (int i = 0; i < n; i += 4) {
      Philox.generate((first + i) >>> 2, seed, stream, random);
      for (int lane = 0; lane < Math.min(4, n - i); lane++) {
        float kept = random[lane] >>> 8 < limit ? 0 : getFloat(x, i + lane) * scale;
        putFloat(y, i + lane, kept);
      }
    }
  }
}
