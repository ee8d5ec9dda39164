package io.auxgrad.kernels.cpu.simd;

/**
 * Rows of a chain of residual pooling over windows of 5x5, for whole vectors of channels. A row
 * comes and goes once: what is computed of a pixel is scaled, summed and compared with its
 * neighbours while it is in registers. {@link WindowLoops#suit} says for which rows.
 *
 * <p>The first two return 0, or NaN if a number was not finite. Then the row is worth nothing: to
 * let NaN win, as {@link MaxPoolLoops} does, takes twice the instructions for each comparison.
 */
public final class ChainLoops {
  private ChainLoops() {}

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
   * Two rows of a stage, one below the other: the maxima of the first five and of the last five of
   * six rows, times {@code factors}, one for each channel, are added to {@code sum0} and {@code
   * sum1}, and the maxima along them go to {@code kept0} and {@code kept1}.
   */
  public static float twoRows(
      long[] rows,
      long factors,
      long sum0,
      long sum1,
      long kept0,
      long kept1,
      int pixels,
      int channels) {
    float found = 0;
    for (int c = 0; c < channels; c += Lanes.COUNT) {
      long at = (long) Float.BYTES * c;
      long step = (long) Float.BYTES * channels;
      found += ChainVectors.twoRows(rows, at, factors, sum0, sum1, step, kept0, kept1, pixels);
    }
    return found;
  }

  /**
   * Two rows of the last stage: {@code y0} and {@code y1}, with pixels a {@code stride} apart, are
   * the sums. Their maxima are of numbers that were looked at before.
   */
  public static void lastTwoRows(
      long[] rows,
      long factors,
      long sum0,
      long sum1,
      long y0,
      long y1,
      long stride,
      int pixels,
      int channels) {
    for (int c = 0; c < channels; c += Lanes.COUNT) {
      long at = (long) Float.BYTES * c;
      long step = (long) Float.BYTES * channels;
      ChainVectors.lastTwoRows(rows, at, factors, sum0, sum1, step, y0, y1, stride, pixels);
    }
  }
}
