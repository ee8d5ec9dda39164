package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.ConvolutionProblem.Direction;
import io.auxgrad.kernels.cuda.launch.Ending;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;

/**
 * One convolution to be done: two operands of {@code x}, {@code w} and {@code y}, in this order,
 * and the third.
 *
 * @param direction which of them is the result
 * @param first {@code x}, or {@code w} for the gradient of {@code x}
 * @param second {@code w}, or the gradient of {@code y}
 * @param result what is written
 * @param bias added to {@code y}, or its gradient to be written; null if there is none
 * @param residual added to {@code y}, or null
 * @param activation of {@code y}
 */
record ConvolutionPass(
    Direction direction,
    Tensor first,
    Tensor second,
    Conv2dSpec spec,
    Tensor result,
    Tensor bias,
    Tensor residual,
    Activation activation) {
  /** Shapes and types, on which it depends which way is the fastest. */
  record Key(
      Direction direction,
      Conv2dSpec spec,
      Shape first,
      DType firstType,
      Shape second,
      DType secondType,
      Shape result,
      DType resultType,
      boolean bias,
      boolean residual,
      Activation activation) {
    /** For people and for a name that stays. */
    @Override
    public String toString() {
      return "%s of %s %s and %s %s to %s %s, %s%s%s, %s"
          .formatted(
              direction,
              firstType,
              first,
              secondType,
              second,
              resultType,
              result,
              spec,
              bias ? ", bias" : "",
              residual ? ", residual" : "",
              activation);
    }
  }

  Key key() {
    return new Key(
        direction,
        spec,
        first.shape(),
        first.dtype(),
        second.shape(),
        second.dtype(),
        result.shape(),
        result.dtype(),
        bias != null,
        residual != null,
        activation);
  }

  Shape x() {
    return direction == Direction.GRAD_INPUT ? result.shape() : first.shape();
  }

  Shape w() {
    return switch (direction) {
      case FORWARD -> second.shape();
      case GRAD_INPUT -> first.shape();
      case GRAD_WEIGHT -> result.shape();
    };
  }

  Shape y() {
    return direction == Direction.FORWARD ? result.shape() : second.shape();
  }

  /** Whether {@code factor} is {@code w}. */
  boolean isWeight(Tensor factor) {
    return factor
        == switch (direction) {
          case FORWARD -> second;
          case GRAD_INPUT -> first;
          case GRAD_WEIGHT -> null;
        };
  }

  /** Whether one of the images is bfloat16, to which both factors are rounded then. */
  boolean isNarrow() {
    return first.dtype() == DType.BFLOAT16
        || second.dtype() == DType.BFLOAT16
        || result.dtype() == DType.BFLOAT16;
  }

  boolean isEmpty() {
    return first.size() == 0 || second.size() == 0 || result.size() == 0;
  }

  /** Whether more is to be done to {@code y} than the sums. */
  boolean endsWithMore() {
    return direction == Direction.FORWARD && ending().steps() > 0;
  }

  Ending ending() {
    return new Ending(bias != null, residual != null, activation);
  }

  /** Whether a pixel of {@code y} depends on the one pixel of {@code x} in its place. */
  boolean isPointwise() {
    Shape w = w();
    return w.dim(1) == 1
        && w.dim(2) == 1
        && spec.groups() == 1
        && spec.strideH() == 1
        && spec.strideW() == 1
        && spec.padH() == 0
        && spec.padW() == 0;
  }
}
