package io.auxgrad.kernels.cpu.simd;

/**
 * Rows of a chain of residual pooling over windows of 5x5, for whole vectors of channels. A row
 * comes and goes once: what is computed of a pixel is scaled, summed and compared with its
 * neighbours while it is in registers.
 *
 * <p>The first two return 0, or NaN if a number was not finite. Then the row is worth nothing: to
 * let NaN win, as {@link MaxPoolLoops} does, takes twice the instructions for each comparison.
 */
public final class ChainLoops {
  /** Rows and columns of a window. */
  public static final int KERNEL = 5;

  private static final int LEAST_PIXELS = 3;

  private ChainLoops() {}

  /** Whether rows of so many pixels and channels can be done here. */
  public static boolean suit(int pixels, int channels) {
    return Simd.available() && channels % Lanes.COUNT == 0 && pixels >= LEAST_PIXELS;
  }

  /**
   * The input: copies its pixels, a {@code stride} in bytes apart, to {@code sum}, and the maxima
   * along them to {@code kept}.
   */
  public static float input(long x, long stride, long sum, long kept, int pixels, int channels) {
    float found = 0;
    for (int c = 0; c < channels; c += Lanes.COUNT) {
      long at = (long) Float.BYTES * c;
      long step = (long) Float.BYTES * channels;
      found += ChainVectors.input(x + at, stride, sum + at, step, kept + at, pixels);
    }
    return found;
  }

  /**
   * A stage: the maxima of five rows times {@code factors}, one for each channel, are added to
   * {@code sum}, and the maxima along them go to {@code kept}.
   */
  public static float stage(
      long[] rows, long factors, long sum, long kept, int pixels, int channels) {
    float found = 0;
    for (int c = 0; c < channels; c += Lanes.COUNT) {
      long at = (long) Float.BYTES * c;
      long step = (long) Float.BYTES * channels;
      found += ChainVectors.stage(rows, at, factors, sum, step, kept, pixels);
    }
    return found;
  }

  /**
   * The last stage: {@code y}, with pixels a {@code stride} apart, is the sum. Its maxima are of
   * numbers that were looked at before.
   */
  public static void last(
      long[] rows, long factors, long sum, long y, long stride, int pixels, int channels) {
    for (int c = 0; c < channels; c += Lanes.COUNT) {
      long at = (long) Float.BYTES * c;
      long step = (long) Float.BYTES * channels;
      ChainVectors.last(rows, at, factors, sum, step, y, stride, pixels);
    }
  }
}
