package io.auxgrad.kernels.cuda.launch;

import io.auxgrad.tensor.ops.Activation;

/**
 * What follows the sums of a convolution before {@code y} is written, in this order.
 *
 * @param bias whether a number for each channel is added
 * @param residual whether an image like {@code y} is added
 * @param activation of the sum
 */
public record Ending(boolean bias, boolean residual, Activation activation) {
  /** Nothing. */
  public static final Ending NONE = new Ending(false, false, Activation.IDENTITY);

  /** How many of the three there are. */
  public int steps() {
    return (bias ? 1 : 0) + (residual ? 1 : 0) + (activation == Activation.IDENTITY ? 0 : 1);
  }
}
