package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.TensorException;

/**
 * How a 2-d convolution slides, the same on both sides of an axis, and multiplies.
 *
 * @param strideH step along H
 * @param strideW step along W
 * @param padH zeros above and below
 * @param padW zeros left and right
 * @param dilationH distance of taps along H
 * @param dilationW distance of taps along W
 * @param groups number of channel groups; equal to the channels for a depthwise convolution
 * @param math how products of float32 numbers may be computed
 */
public record Conv2dSpec(
    int strideH,
    int strideW,
    int padH,
    int padW,
    int dilationH,
    int dilationW,
    int groups,
    MathMode math) {
  /** Checks the ranges. */
  public Conv2dSpec {
    if (strideH < 1
        || strideW < 1
        || dilationH < 1
        || dilationW < 1
        || groups < 1
        || padH < 0
        || padW < 0) {
      throw new TensorException(
          "conv2d: stride %dx%d, dilation %dx%d and groups %d must be positive, padding %dx%d not negative"
              .formatted(strideH, strideW, dilationH, dilationW, groups, padH, padW));
    }
  }

  /** With products in float32. */
  public Conv2dSpec(
      int strideH, int strideW, int padH, int padW, int dilationH, int dilationW, int groups) {
    this(strideH, strideW, padH, padW, dilationH, dilationW, groups, MathMode.FP32);
  }

  /** The same but for how it multiplies. */
  public Conv2dSpec with(MathMode math) {
    return math == this.math
        ? this
        : new Conv2dSpec(strideH, strideW, padH, padW, dilationH, dilationW, groups, math);
  }

  /** The same along H and W, no dilation, one group. */
  public static Conv2dSpec of(int stride, int pad) {
    return new Conv2dSpec(stride, stride, pad, pad, 1, 1, 1);
  }

  /** The same along H and W. */
  public static Conv2dSpec of(int stride, int pad, int dilation, int groups) {
    return new Conv2dSpec(stride, stride, pad, pad, dilation, dilation, groups);
  }

  /**
   * The output shape {@code [N,OH,OW,O]} for input {@code [N,H,W,C]} and weight {@code
   * [O,KH,KW,C/groups]}.
   */
  public Shape outputShape(Shape x, Shape w) {
    return Shape.of(x.dim(0), height(x, w), width(x, w), w.dim(0));
  }

  /** Whether {@code y} is the {@link #outputShape}, found out without making that. */
  boolean leadsTo(Shape y, Shape x, Shape w) {
    return y.rank() == 4
        && y.dim(0) == x.dim(0)
        && y.dim(1) == height(x, w)
        && y.dim(2) == width(x, w)
        && y.dim(3) == w.dim(0);
  }

  private int height(Shape x, Shape w) {
    return extent(x.dim(1), w.dim(1), strideH, padH, dilationH);
  }

  private int width(Shape x, Shape w) {
    return extent(x.dim(2), w.dim(2), strideW, padW, dilationW);
  }

  private static int extent(int in, int kernel, int stride, int pad, int dilation) {
    int out = Math.floorDiv(in + 2 * pad - dilation * (kernel - 1) - 1, stride) + 1;
    if (out < 1) {
      throw new TensorException(
          "conv2d: input extent %d with padding %d is smaller than the kernel %d dilated by %d"
              .formatted(in, pad, kernel, dilation));
    }
    return out;
  }
}
