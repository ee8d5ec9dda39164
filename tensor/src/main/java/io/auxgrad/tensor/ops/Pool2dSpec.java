package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.TensorException;

/**
 * How a pooling window slides: square window, the same along H and W.
 *
 * @param kernel extent of the window, 1 to 15 (a position in it fits a byte)
 * @param stride step
 * @param pad border on each side, at most half of the window; never the maximum, not counted in an
 *     average
 */
public record Pool2dSpec(int kernel, int stride, int pad) {
  /** Checks the ranges. */
  public Pool2dSpec {
    if (kernel < 1 || kernel > 15 || stride < 1 || pad < 0 || 2 * pad > kernel) {
      throw new TensorException(
          "pool2d: kernel %d must be 1 to 15, stride %d positive, padding %d at most half of the kernel"
              .formatted(kernel, stride, pad));
    }
  }

  /** The output shape {@code [N,OH,OW,C]}. */
  public Shape outputShape(Shape x) {
    return Shape.of(x.dim(0), extent(x.dim(1)), extent(x.dim(2)), x.dim(3));
  }

  private int extent(int in) {
    if (in + 2 * pad < kernel) {
      throw new TensorException(
          "pool2d: input extent "
              + in
              + " with padding "
              + pad
              + " is smaller than the window "
              + kernel);
    }
    return (in + 2 * pad - kernel) / stride + 1;
  }
}
