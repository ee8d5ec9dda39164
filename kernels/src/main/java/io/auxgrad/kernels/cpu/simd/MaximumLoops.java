package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;

/** Largest values; with {@code sign} -1 smallest ones. NaN counts as both. */
public final class MaximumLoops {
  private MaximumLoops() {}

  /** The largest {@code sign * x} of {@code n} floats, at least one. */
  public static float maximum(long x, float sign, int n) {
    int done = Simd.available() ? n - n % MaximumVectors.STEP : 0;
    float max = done == 0 ? Float.NEGATIVE_INFINITY : MaximumVectors.maximum(x, sign, done);
    for (int i = done; i < n; i++) {
      max = Math.max(max, sign * getFloat(x, i));
    }
    return max;
  }

  /** Raises {@code max[c]} to the largest {@code sign * x} of column {@code c}. */
  public static void maximumOfRows(
      long x, long stride, float sign, int rows, int columns, double[] max) {
    int done = Simd.available() ? MaximumVectors.rows(x, stride, sign, rows, columns, max) : 0;
    for (int row = 0; row < rows && done < columns; row++) {
      for (int c = done; c < columns; c++) {
        max[c] = Math.max(max[c], sign * getFloat(x, row * stride + c));
      }
    }
  }
}
