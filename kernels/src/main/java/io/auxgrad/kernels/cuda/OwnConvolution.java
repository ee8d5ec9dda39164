package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.tensor.ops.Activation;

/**
 * Convolutions by kernels of our own, which do without tensor cores: depthwise ones are bound by
 * memory and have their own, {@link DepthwiseConvolution}; all others are products of matrices,
 * {@link GeneralConvolution}.
 */
final class OwnConvolution implements ConvolutionWay {
  private final DepthwiseConvolution depthwise;
  private final GeneralConvolution general;

  OwnConvolution(Gpu gpu) {
    PartialSums sums = new PartialSums(gpu);
    depthwise = new DepthwiseConvolution(gpu, sums);
    general = new GeneralConvolution(gpu, sums);
  }

  @Override
  public String name() {
    return "own";
  }

  @Override
  public void run(ConvolutionPass p) {
    boolean isDepthwise = DepthwiseConvolution.suits(p.w(), p.spec());
    switch (p.direction()) {
      case FORWARD -> {
        int code = code(p.activation());
        if (isDepthwise) {
          depthwise.forward(
              p.first(), p.second(), p.bias(), p.spec(), p.residual(), code, p.result());
        } else {
          general.forward(
              p.first(), p.second(), p.bias(), p.spec(), p.residual(), code, p.result());
        }
      }
      case GRAD_INPUT -> {
        if (isDepthwise) {
          depthwise.gradInput(p.second(), p.first(), p.spec(), p.result());
        } else {
          general.gradInput(p.second(), p.first(), p.spec(), p.result());
        }
      }
      case GRAD_WEIGHT -> {
        if (isDepthwise) {
          depthwise.gradWeight(p.first(), p.second(), p.spec(), p.result(), p.bias());
        } else {
          general.gradWeight(p.first(), p.second(), p.spec(), p.result(), p.bias());
        }
      }
    }
  }

  /** The number that {@code sliding.cuh} knows it by. */
  static int code(Activation activation) {
    return switch (activation) {
      case IDENTITY -> 0;
      case RELU -> 1;
      case RELU6 -> 2;
    };
  }
}
