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

  /** Floats of scratch that {@link #expand} and {@link #contract} need. */
  int scratchLength() {
    return planar ? PlaneLoops.stride(horizontal.in()) * channels : 0;
  }

  /** Brings a coarse row to the fine width. */
  void expand(long coarse, long scratch, long fine) {
    if (planar) {
      expandPlanes(coarse, scratch, fine);
    } else if (sameWidth()) {
      Native.copy(coarse, fine, 4L * coarseLength());
    } else {
      ResizeLoops.mixPixels(
          coarse, channels, horizontal.left(), horizontal.right(), horizontal.weight(), fine);
    }
  }

  /** Split first, since the coarse row is the shorter one. */
  private void expandPlanes(long coarse, long scratch, long fine) {
    long planes = sameWidth() ? fine : scratch;
    PlaneLoops.split(coarse, channels, horizontal.in(), planes);
    for (int c = 0; c < channels && !sameWidth(); c++) {
      PlaneLoops.mix(
          coarsePlane(planes, c),
          horizontal.left(),
          horizontal.right(),
          horizontal.weight(),
          finePlane(fine, c));
    }
  }

  /** The transpose of {@link #expand}. */
  void contract(long fine, long scratch, long coarse) {
    if (planar) {
      contractPlanes(fine, scratch, coarse);
    } else if (sameWidth()) {
      Native.copy(fine, coarse, 4L * coarseLength());
    } else {
      sumPixels(fine, coarse);
    }
  }

  private void contractPlanes(long fine, long scratch, long coarse) {
    long planes = sameWidth() ? fine : scratch;
    for (int c = 0; c < channels && !sameWidth(); c++) {
      PlaneLoops.sum(
          finePlane(fine, c),
          horizontal.starts(),
          horizontal.outputs(),
          horizontal.shares(),
          coarsePlane(planes, c));
    }
    PlaneLoops.join(planes, channels, horizontal.in(), coarse);
  }

  private long finePlane(long planes, int c) {
    return planes + 4L * c * PlaneLoops.stride(width());
  }

  private long coarsePlane(long planes, int c) {
    return planes + 4L * c * PlaneLoops.stride(horizontal.in());
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
