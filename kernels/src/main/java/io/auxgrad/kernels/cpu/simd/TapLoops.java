package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

/** Sums of the taps of a convolution to a few channels. */
public final class TapLoops {
  /** The most bytes that are read or written behind the last element. */
  public static final long MARGIN_BYTES = 64;

  private TapLoops() {}

  /**
   * {@code y[p, o] = bias[o] + sum_t places[t][p, o]} for {@code pixels} pixels, taps in order; the
   * pixels of a tap are {@code step} bytes apart. Whole vectors are read and written: there is a
   * margin of {@link #MARGIN_BYTES} behind {@code bias}, taps and {@code y}, and that of {@code y}
   * is overwritten.
   */
  public static void sum(
      long[] places, int taps, long bias, long step, int pixels, int outputs, long y) {
    if (Simd.available()) {
      TapVectors.sum(places, taps, bias, step, pixels, outputs, y);
      return;
    }
    for (int pixel = 0; pixel < pixels; pixel++) {
      for (int o = 0; o < outputs; o++) {
        float sum = getFloat(bias, o);
        for (int t = 0; t < taps; t++) {
          sum += getFloat(places[t] + step * pixel, o);
        }
        putFloat(y, (long) pixel * outputs + o, sum);
      }
    }
  }
}
