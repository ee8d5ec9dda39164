package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

/** The parts of a separable resize: mixing rows, and mixing pixels of a row. */
public final class ResizeLoops {
  /** From here on the channels of a pixel are worth a loop of their own. */
  private static final int MANY = 64;

  private ResizeLoops() {}

  /** {@code out = a + (b - a) * weight}. */
  public static void mixRows(long a, long b, float weight, long out, int n) {
    for (int i = Simd.available() ? ResizeVectors.mixRows(a, b, weight, out, n) : 0; i < n; i++) {
      float v = getFloat(a, i);
      putFloat(out, i, v + (getFloat(b, i) - v) * weight);
    }
  }

  /**
   * {@code out[j] = row[left[j]] + (row[right[j]] - row[left[j]]) * weight[j]} for each pixel
   * {@code j}.
   */
  public static void mixPixels(
      long row, int channels, int[] left, int[] right, float[] weight, long out) {
    if (channels == 1) {
      mixSingles(row, left, right, weight, out);
      return;
    }
    if (Simd.available()) {
      ResizeVectors.mixPixels(row, channels, left, right, weight, out);
      return;
    }
    for (int j = 0; j < left.length; j++) {
      long a = row + 4L * left[j] * channels;
      long b = row + 4L * right[j] * channels;
      mixRows(a, b, weight[j], out + 4L * j * channels, channels);
    }
  }

  private static void mixSingles(long row, int[] left, int[] right, float[] weight, long out) {
    for (int j = 0; j < left.length; j++) {
      float v = getFloat(row, left[j]);
      putFloat(out, j, v + (getFloat(row, right[j]) - v) * weight[j]);
    }
  }

  /** {@code out[j] = row[left[j]]} for each pixel {@code j}. */
  public static void pickPixels(long row, int channels, int[] left, long out) {
    if (Simd.available()) {
      ResizeVectors.pickPixels(row, channels, left, out);
      return;
    }
    for (int j = 0; j < left.length; j++) {
      Native.copy(row + 4L * left[j] * channels, out + 4L * j * channels, 4L * channels);
    }
  }

  /**
   * {@code out = sum_k weights[k] * row[picks[k]]} over {@code k} in {@code [from, to)}, zeros if
   * there are none; row {@code r} begins {@code r * n} floats behind {@code rows}.
   */
  public static void sumRows(
      long rows, int[] picks, float[] weights, int from, int to, long out, int n) {
    int done = Simd.available() ? ResizeVectors.sumRows(rows, picks, weights, from, to, out, n) : 0;
    for (int i = done; i < n; i++) {
      float sum = 0;
      for (int k = from; k < to; k++) {
        sum += getFloat(rows, (long) picks[k] * n + i) * weights[k];
      }
      putFloat(out, i, sum);
    }
  }

  /**
   * {@code out[j] = sum_k weights[k] * row[pixels[k]]} over {@code [starts[j], starts[j + 1])} for
   * each pixel {@code j}.
   */
  public static void sumPixels(
      long row, int channels, int[] starts, int[] pixels, float[] weights, long out) {
    if (Simd.available() && channels < MANY) {
      ResizeVectors.sumPixels(row, channels, starts, pixels, weights, out);
      return;
    }
    for (int j = 0; j + 1 < starts.length; j++) {
      long to = out + 4L * j * channels;
      sumRows(row, pixels, weights, starts[j], starts[j + 1], to, channels);
    }
  }
}
