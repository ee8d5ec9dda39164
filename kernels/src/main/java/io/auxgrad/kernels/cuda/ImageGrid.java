package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;

/** Grids over images {@code [N,H,W,C]}, as {@code channels.cuh} says. */
final class ImageGrid {
  private static final int WARP = 32;
  private static final long MOST_OF_ROW = 1L << 30;

  /** {@code LANES} there. */
  private static final int LANES = 8;

  private ImageGrid() {}

  private static int packs(Tensor image, DType unit) {
    int channels = image.shape().dim(3);
    return channels / ChannelKernels.width(unit, channels);
  }

  /** Launches a thread for each pack of {@code image}, in blocks that have a stretch of a row. */
  static void launchRows(Kernel kernel, Tensor image) {
    launchRows(kernel, image, image.dtype());
  }

  /** The same for packs as wide as those of {@code unit}. */
  static void launchRows(Kernel kernel, Tensor image, DType unit) {
    launchRuns(kernel, image, unit, 1);
  }

  /** The same with a thread for a pack of each {@code run} pixels below each other. */
  static void launchRuns(Kernel kernel, Tensor image, DType unit, int run) {
    if (image.size() == 0) {
      return;
    }
    long elements = (long) image.shape().dim(2) * packs(image, unit);
    if (elements > MOST_OF_ROW) {
      throw new TensorException(
          "a row of an image %s is too long for the GPU, which takes 2^30 elements: use narrower images or fewer channels"
              .formatted(image.shape()));
    }
    int row = (int) elements;
    int stretches = Math.ceilDiv(row, Kernel.BLOCK);
    int threads = Math.ceilDiv(Math.ceilDiv(row, stretches), WARP) * WARP;
    long rows = (long) image.shape().dim(0) * Math.ceilDiv(image.shape().dim(1), run);
    kernel.launchGrid(rows, Math.ceilDiv(row, threads), 1, threads);
  }

  /** Launches a block for each pixel of {@code image} and each few packs of its channels. */
  static void launchPixels(Kernel kernel, Tensor image) {
    if (image.size() > 0) {
      kernel.launchGrid(
          image.shape().rows(), Math.ceilDiv(packs(image, image.dtype()), LANES), 1, Kernel.BLOCK);
    }
  }
}
