package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

/**
 * A row of pixels {@code [width,channels]} as one plane for each channel, so that what happens
 * within a pixel needs no sums across a vector. Planes have room for whole vectors; what lies
 * behind the last pixel is undefined.
 */
public final class PlaneLoops {
  private static final int WIDEST_VECTOR = 16;

  private PlaneLoops() {}

  /** Floats from one plane to the next. */
  public static int stride(int width) {
    return Math.ceilDiv(width, WIDEST_VECTOR) * WIDEST_VECTOR;
  }

  /** {@code planes[c][j] = pixels[j][c]}. */
  public static void split(long pixels, int channels, int width, long planes) {
    int stride = stride(width);
    int done = vectorsPay(channels) ? PlaneVectors.split(pixels, channels, width, planes) : 0;
    for (int c = 0; c < channels; c++) {
      long plane = planes + 4L * c * stride;
      for (int j = done; j < width; j++) {
        putFloat(plane, j, getFloat(pixels, j * channels + c));
      }
    }
  }

  /** {@code pixels[j][c] = planes[c][j]}. */
  public static void join(long planes, int channels, int width, long pixels) {
    int stride = stride(width);
    int done = vectorsPay(channels) ? PlaneVectors.join(planes, channels, width, pixels) : 0;
    for (int c = 0; c < channels; c++) {
      long plane = planes + 4L * c * stride;
      for (int j = done; j < width; j++) {
        putFloat(pixels, j * channels + c, getFloat(plane, j));
      }
    }
  }

  private static boolean vectorsPay(int channels) {
    return Simd.available() && channels <= PlaneVectors.MOST_CHANNELS;
  }
}
