package io.auxgrad.kernels.cuda;

import io.auxgrad.tensor.TensorException;

/** Kernels that count the pixels of all images together do so in 31 bits. */
final class Pixels {
  /** So that a tile or a part behind the last one can be counted too. */
  private static final long MOST = 1L << 30;

  private Pixels() {}

  static void requireCountable(String op, long pixels) {
    if (pixels > MOST) {
      throw new TensorException(
          "%s: %d pixels are too many for the GPU, which takes 2^30; give it fewer or smaller images"
              .formatted(op, pixels));
    }
  }
}
