package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putInt;

/** Where the largest value of each row is. */
public final class ArgmaxLoops {
  private ArgmaxLoops() {}

  /** {@code y[row]} is the first place of the largest value; of NaN, if there is one. */
  public static void rows(long x, int columns, long y, long lo, long hi) {
    if (Simd.available()) {
      ArgmaxVectors.rows(x, columns, y, lo, hi);
      return;
    }
    for (long row = lo; row < hi; row++) {
      putInt(y, row, first(x + 4 * row * columns, columns));
    }
  }

  static int first(long x, int n) {
    int best = 0;
    float max = getFloat(x, 0);
    for (int i = 1; i < n && !Float.isNaN(max); i++) {
      float v = getFloat(x, i);
      // Not (v <= max), so that NaN wins.
      if (!(v <= max)) {
        best = i;
        max = v;
      }
    }
    return best;
  }
}
