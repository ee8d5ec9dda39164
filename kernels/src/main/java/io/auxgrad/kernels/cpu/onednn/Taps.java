package io.auxgrad.kernels.cpu.onednn;

/**
 * The taps of a kernel along one axis that meet the image somewhere: the outer ones of a dilated
 * kernel may see nothing but padding.
 *
 * @param first the first of them
 * @param count how many
 * @param pad padding that they see on either side
 */
record Taps(int first, int count, int pad) {
  /** Those of a kernel of {@code kernel} taps for images of {@code in} pixels. */
  static Taps live(int in, int kernel, int pad, int dilation) {
    // At the first pixel the last tap lies this far behind the image; with a stride, the first tap
    // lies as far before it at the last pixel, or further.
    int beyond = dilation * (kernel - 1) - pad - in;
    int dead = beyond < 0 ? 0 : beyond / dilation + 1;
    int most = Math.min(pad / dilation, (kernel - 1) / 2);
    int outer = Math.min(dead, most);
    return new Taps(outer, kernel - 2 * outer, pad - outer * dilation);
  }

  /** Only {@code tap}, counted from 0 in the whole kernel, without padding. */
  static Taps one(int tap) {
    return new Taps(tap, 1, 0);
  }
}
