package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

/**
 * A row of pixels {@code [width,channels]} as one plane for each channel, so that what happens
 * within a pixel needs no sums across a vector, and the planes' way from coarse to fine and back.
 * Planes have room for whole vectors; what lies behind the last pixel is undefined.
 */
public final class PlaneLoops {
  private static final int WIDEST_VECTOR = 16;

  private PlaneLoops() {}

  /** Floats from one plane to the next. */
  public static int stride(int width) {
    return Math.ceilDiv(width, WIDEST_VECTOR) * WIDEST_VECTOR;
  }

  // Vectors would have to write single lanes, which takes some processors a dozen cycles.

  /** {@code planes[c][j] = pixels[j][c]}. */
  public static void split(long pixels, int channels, int width, long planes) {
    for (int c = 0; c < channels; c++) {
      long plane = planes + 4L * c * stride(width);
      for (int j = 0; j < width; j++) {
        putFloat(plane, j, getFloat(pixels, j * channels + c));
      }
    }
  }

  /** {@code pixels[j][c] = planes[c][j]}. */
  public static void join(long planes, int channels, int width, long pixels) {
    for (int c = 0; c < channels; c++) {
      long plane = planes + 4L * c * stride(width);
      for (int j = 0; j < width; j++) {
        putFloat(pixels, j * channels + c, getFloat(plane, j));
      }
    }
  }

  /** {@link ResizeLoops#mixPixels} of one plane. */
  public static void mix(long plane, int[] left, int[] right, float[] weight, long out) {
    if (Simd.available()) {
      PlaneVectors.mix(plane, left, right, weight, out);
    } else {
      ResizeLoops.mixPixels(plane, 1, left, right, weight, out);
    }
  }

  /** {@link ResizeLoops#sumPixels} of one plane. */
  public static void sum(long plane, int[] starts, int[] pixels, float[] weights, long out) {
    if (Simd.available()) {
      PlaneVectors.sum(plane, starts, pixels, weights, out);
    } else {
      SpreadLoops.sumSingles(plane, starts, pixels, weights, out);
    }
  }
}
