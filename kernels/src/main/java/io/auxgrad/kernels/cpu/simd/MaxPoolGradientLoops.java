package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getByte;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.getInt;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putInt;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.ops.Pool2dSpec;

/**
 * The gradient of max pooling, one axis after the other: each input row collects what the output
 * rows around it send there, then each input pixel of the row what its neighbours in it send.
 */
public final class MaxPoolGradientLoops {
  private MaxPoolGradientLoops() {}

  /**
   * The windows along an axis, seen from the inputs.
   *
   * @param spec the pooling
   * @param outputs number of windows
   */
  public record Windows(Pool2dSpec spec, int outputs) {
    /** The first output whose window reaches input {@code i}. */
    public int first(int i) {
      return Math.max(0, Math.ceilDiv(i + spec.pad() - spec.kernel() + 1, spec.stride()));
    }

    /** How many there are. */
    public int count(int i) {
      int last = Math.min(outputs - 1, (i + spec.pad()) / spec.stride());
      return Math.max(0, last - first(i) + 1);
    }

    /** Where the input stands in the first one's window; a stride less in each further one. */
    public int place(int i) {
      return i + spec.pad() - first(i) * spec.stride();
    }
  }

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
   * For each pixel of a row of {@code width}, {@code dx} is the sum of {@code sums} of those output
   * pixels over it whose {@code columns} is the one at which it stands in their window.
   */
  public static void collectPixels(
      long sums, long columns, Windows windows, int channels, int width, long dx) {
    int done =
        Simd.available()
            ? MaxPoolGradientVectors.collectPixels(sums, columns, windows, channels, width, dx)
            : 0;
    for (int w = 0; w < width && done < channels; w++) {
      for (int c = done; c < channels; c++) {
        putFloat(dx, (long) w * channels + c, pixel(sums, columns, windows, channels, w, c));
      }
    }
  }

  private static float pixel(long sums, long columns, Windows windows, int channels, int w, int c) {
    int first = windows.first(w);
    int column = windows.place(w);
    float sum = 0;
    for (int t = 0; t < windows.count(w); t++) {
      long i = (long) (first + t) * channels + c;
      if (getInt(columns, i) == column - t * windows.spec().stride()) {
        sum += getFloat(sums, i);
      }
    }
    return sum;
  }
}
