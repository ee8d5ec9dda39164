package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getByte;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.getInt;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putInt;

import io.auxgrad.tensor.DType;

/**
 * The gradient of max pooling, one axis after the other: each input row collects what the output
 * rows around it send there, then each input pixel of the row what its neighbours in it send.
 */
public final class MaxPoolGradientLoops {
  private MaxPoolGradientLoops() {}

  /**
   * {@code sums[i]} is the sum of {@code dys[t][i]} over the output rows whose {@code
   * positions[t][i]} lies in row {@code rows[t]} of the window; {@code columns[i]}, int32, is the
   * window's column that these positions have in common, or -1.
   *
   * @param type of the gradients; the sums are float32
   */
  public static void collectRows(
      DType type,
      long[] dys,
      long[] positions,
      int[] rows,
      int taps,
      int kernel,
      int n,
      long sums,
      long columns) {
    int done = 0;
    if (Simd.available()) {
      done =
          type == DType.BFLOAT16
              ? MaxPoolGradientVectors.collectBfloat16(
                  dys, positions, rows, taps, kernel, n, sums, columns)
              : MaxPoolGradientVectors.collectRows(
                  dys, positions, rows, taps, kernel, n, sums, columns);
    }
    for (int i = done; i < n; i++) {
      float sum = 0;
      int column = -1;
      for (int t = 0; t < taps; t++) {
        int found = (getByte(positions[t], i) & 0xFF) - rows[t] * kernel;
        if (found >= 0 && found < kernel) {
          sum += getFloat(type, dys[t], i);
          column = found;
        }
      }
      putFloat(sums, i, sum);
      putInt(columns, i, column);
    }
  }

  /**
   * {@code dx[i]} is the sum of {@code sums[i]} of those output pixels whose {@code columns[i]} is
   * the one at which the input pixel stands in their window: {@code column} for the first of {@code
   * taps} output pixels, {@code step} less for each further one, {@code n} elements behind.
   */
  public static void collectPixels(
      long sums, long columns, int column, int step, int taps, int n, long dx) {
    int done =
        Simd.available()
            ? MaxPoolGradientVectors.collectPixels(sums, columns, column, step, taps, n, dx)
            : 0;
    for (int i = done; i < n; i++) {
      float sum = 0;
      for (int t = 0; t < taps; t++) {
        if (getInt(columns, (long) t * n + i) == column - t * step) {
          sum += getFloat(sums, (long) t * n + i);
        }
      }
      putFloat(dx, i, sum);
    }
  }
}
