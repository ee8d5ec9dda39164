package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.ConvolutionOps;

/**
 * Convolutions by kernels of our own, which do without tensor cores: depthwise ones are bound by
 * memory and have their own, {@link DepthwiseConvolution}; all others are products of matrices,
 * {@link GeneralConvolution}.
 */
final class CudaConvolution extends ConvolutionOps {
  private final DepthwiseConvolution depthwise;
  private final GeneralConvolution general;

  CudaConvolution(Gpu gpu) {
    PartialSums sums = new PartialSums(gpu);
    depthwise = new DepthwiseConvolution(gpu, sums);
    general = new GeneralConvolution(gpu, sums);
  }

  @Override
  protected void runForward(
      Tensor x,
      Tensor w,
      Tensor bias,
      Conv2dSpec spec,
      Tensor residual,
      Activation activation,
      Tensor y) {
    int code = code(activation);
    if (DepthwiseConvolution.suits(w.shape(), spec)) {
      depthwise.forward(x, w, bias, spec, residual, code, y);
    } else {
      general.forward(x, w, bias, spec, residual, code, y);
    }
  }

  @Override
  protected void runGradInput(Tensor dy, Tensor w, Conv2dSpec spec, Tensor dx) {
    if (DepthwiseConvolution.suits(w.shape(), spec)) {
      depthwise.gradInput(dy, w, spec, dx);
    } else {
      general.gradInput(dy, w, spec, dx);
    }
  }

  @Override
  protected void runGradWeight(Tensor x, Tensor dy, Conv2dSpec spec, Tensor dw, Tensor dbias) {
    if (DepthwiseConvolution.suits(dw.shape(), spec)) {
      depthwise.gradWeight(x, dy, spec, dw, dbias);
    } else {
      general.gradWeight(x, dy, spec, dw, dbias);
    }
  }

  /** The number that {@code sliding.cuh} knows it by. */
  private static int code(Activation activation) {
    return switch (activation) {
      case IDENTITY -> 0;
      case RELU -> 1;
      case RELU6 -> 2;
    };
  }
}
