package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.PlaneLoops;
import io.auxgrad.kernels.cpu.simd.ResizeLoops;
import io.auxgrad.kernels.cpu.simd.SpreadLoops;

/**
 * How coarse rows {@code [w,C]} become fine ones of {@code W} pixels, and gradients the other way.
 *
 * @param vertical from {@code h} to {@code H}
 * @param horizontal from {@code w} to {@code W}
 * @param channels of a pixel
 * @param planar whether a fine row is {@link PlaneLoops planes} rather than pixels
 */
record Upsampling(ResizeAxis vertical, ResizeAxis horizontal, int channels, boolean planar) {
  /** Pixels of a fine row. */
  int width() {
    return horizontal.out();
  }

  /** Floats of a coarse row. */
  int coarseLength() {
    return horizontal.in() * channels;
  }

  /** Floats of a fine row. */
  int fineLength() {
    return (planar ? PlaneLoops.stride(width()) : width()) * channels;
  }

  /** Brings a coarse row to the fine width; {@code pixels} is scratch for a fine row. */
  void expand(long coarse, long pixels, long fine) {
    long mixed = planar ? pixels : fine;
    if (sameWidth()) {
      Native.copy(coarse, mixed, 4L * coarseLength());
    } else {
      ResizeLoops.mixPixels(
          coarse, channels, horizontal.left(), horizontal.right(), horizontal.weight(), mixed);
    }
    if (planar) {
      PlaneLoops.split(pixels, channels, width(), fine);
    }
  }

  /** The transpose of {@link #expand}. */
  void contract(long fine, long pixels, long coarse) {
    if (planar) {
      PlaneLoops.join(fine, channels, width(), pixels);
    }
    long mixed = planar ? pixels : fine;
    if (sameWidth()) {
      Native.copy(mixed, coarse, 4L * coarseLength());
    } else {
      sumPixels(mixed, coarse);
    }
  }

  private void sumPixels(long fine, long coarse) {
    int[] starts = horizontal.starts();
    int[] outputs = horizontal.outputs();
    float[] shares = horizontal.shares();
    if (channels == 1) {
      SpreadLoops.sumSingles(fine, starts, outputs, shares, coarse);
    } else {
      ResizeLoops.sumPixels(fine, channels, starts, outputs, shares, coarse);
    }
  }

  private boolean sameWidth() {
    return horizontal.in() == horizontal.out();
  }
}
