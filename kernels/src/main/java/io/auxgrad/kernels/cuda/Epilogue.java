package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.ReductionOps;

/** What belongs to a convolution besides the sums, where a library does those. */
final class Epilogue {
  private final ChannelKernels finish;
  private final CudaReduction reduction;

  Epilogue(Gpu gpu, CudaReduction reduction) {
    this.reduction = reduction;
    finish = ChannelKernels.of(new KernelFile(gpu, "epilogue.cu"), "finish");
  }

  /** Adds bias and residual, and applies the activation; or adds up the gradient of the bias. */
  void run(ConvolutionPass p) {
    switch (p.direction()) {
      case FORWARD -> {
        if (p.endsWithMore()) {
          finish(p);
        }
      }
      case GRAD_INPUT -> {}
      case GRAD_WEIGHT -> {
        if (p.bias() != null) {
          reduction.runReduce(ReductionOps.Kind.SUM, p.second(), p.bias());
        }
      }
    }
  }

  private void finish(ConvolutionPass p) {
    Tensor y = p.result();
    int channels = y.shape().dim(3);
    long packs = y.size() / ChannelKernels.width(y.dtype(), channels);
    finish
        .begin(y.dtype(), channels)
        .put(y)
        .put(p.bias())
        .put(p.residual())
        .put(packs)
        .put(channels)
        .put(OwnConvolution.code(p.activation()))
        .launch(packs, 1);
  }
}
