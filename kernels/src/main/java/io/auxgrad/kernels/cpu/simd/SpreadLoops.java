package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

/** Transposes of the mixing in {@link ResizeLoops}. */
public final class SpreadLoops {
  private SpreadLoops() {}

  /** {@code a += (1 - weight) * row} and {@code b += weight * row}. */
  public static void addToRows(long row, float weight, long a, long b, int n) {
    int done = Simd.available() ? SpreadVectors.addToRows(row, weight, a, b, n) : 0;
    for (int i = done; i < n; i++) {
      float v = getFloat(row, i);
      putFloat(a, i, getFloat(a, i) + v * (1 - weight));
      putFloat(b, i, getFloat(b, i) + v * weight);
    }
  }

  /**
   * {@link ResizeLoops#sumPixels} for one channel, which a vector of channels does not suit: {@code
   * out[j] = sum_k weights[k] * row[pixels[k]]} over {@code [starts[j], starts[j + 1])}.
   */
  public static void sumSingles(long row, int[] starts, int[] pixels, float[] weights, long out) {
    for (int j = 0; j + 1 < starts.length; j++) {
      float sum = 0;
      for (int k = starts[j]; k < starts[j + 1]; k++) {
        sum += getFloat(row, pixels[k]) * weights[k];
      }
      putFloat(out, j, sum);
    }
  }
}
