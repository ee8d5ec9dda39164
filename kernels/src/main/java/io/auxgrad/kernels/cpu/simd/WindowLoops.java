package io.auxgrad.kernels.cpu.simd;

/**
 * Maxima over windows of 5x5, of whole vectors of channels: along rows of pixels, and then across
 * what is kept of those rows.
 *
 * <p>The numbers must be finite: to let NaN win, as {@link MaxPoolLoops} does, takes twice the
 * instructions for each comparison.
 */
public final class WindowLoops {
  /** Rows and columns of a window. */
  public static final int KERNEL = 5;

  private static final int LEAST_PIXELS = 3;

  private WindowLoops() {}

  /** Whether rows of so many pixels and channels can be done here. */
  public static boolean suit(int pixels, int channels) {
    return Simd.available() && channels % Lanes.COUNT == 0 && pixels >= LEAST_PIXELS;
  }

  /**
   * Keeps the maxima along two rows: of the pixels at {@code x}, which are {@code stride} bytes
   * apart, and of those {@code below} bytes behind them. Unless {@code addend} is 0, {@code sum =
   * addend + x}, where both lie as the input does. Where there is no second row, {@code below} is 0
   * and {@code kept1} is {@code kept0}.
   *
   * <p>Returns 0, or NaN if a number was not finite: then the maxima are worth nothing.
   */
  public static float along(
      long x,
      long below,
      long addend,
      long sum,
      long stride,
      long kept0,
      long kept1,
      int pixels,
      int channels) {
    float found = 0;
    for (int c = 0; c < channels; c += Lanes.COUNT) {
      long at = (long) Float.BYTES * c;
      found +=
          WindowVectors.along(
              x + at,
              below,
              addend == 0 ? 0 : addend + at,
              sum + at,
              stride,
              kept0 + at,
              kept1 + at,
              step(channels),
              pixels);
    }
    return found;
  }

  /**
   * Writes the maxima of the first five and of the last five of six kept rows to {@code y0} and
   * {@code y1}, whose pixels are {@code stride} bytes apart. Where there is no second row, {@code
   * y1} is {@code y0}.
   */
  public static void across(long[] rows, long y0, long y1, long stride, int pixels, int channels) {
    for (int c = 0; c < channels; c += Lanes.COUNT) {
      long at = (long) Float.BYTES * c;
      WindowVectors.across(rows, at, step(channels), y0 + at, y1 + at, stride, pixels);
    }
  }

  // From pixel to pixel of a row that is kept.
  private static long step(int channels) {
    return (long) Float.BYTES * channels;
  }
}
