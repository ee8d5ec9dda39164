package io.auxgrad.kernels.cuda.launch;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Conv2dSpec;

/**
 * A convolution as NVIDIA's library is asked for it: all three operands are of one type.
 *
 * @param direction which of them is the result
 * @param type float32 or bfloat16
 * @param x {@code [N,H,W,C]}
 * @param w {@code [O,KH,KW,C/groups]}
 * @param y {@code [N,OH,OW,O]}
 * @param spec how it slides, and what float32 is multiplied as
 */
public record ConvolutionProblem(
    Direction direction, DType type, Shape x, Shape w, Shape y, Conv2dSpec spec) {
  /** Which operand is computed of the other two. */
  public enum Direction {
    /** {@code y} of {@code x} and {@code w}. */
    FORWARD,
    /** The gradient of {@code x}, of that of {@code y} and {@code w}. */
    GRAD_INPUT,
    /** The gradient of {@code w}, of {@code x} and the gradient of {@code y}. */
    GRAD_WEIGHT
  }
}
