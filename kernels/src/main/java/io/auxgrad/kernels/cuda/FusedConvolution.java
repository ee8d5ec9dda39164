package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Primitives;
import io.auxgrad.tensor.DType;

/**
 * Convolutions by an algorithm of cuDNN that adds bias and residual and applies the activation as
 * it writes {@code y}, which so is written once and not read.
 *
 * <p>A bfloat16 result is rounded once, where other ways of the libraries round the sum before; but
 * some algorithms want the bias of the result's type, so that is rounded too.
 */
final class FusedConvolution implements ConvolutionWay {
  private final Primitives.Fused algorithm;
  private final DType type;
  private final Casts casts;

  /** With operands and a result of {@code type}. */
  FusedConvolution(Primitives.Fused algorithm, DType type, Casts casts) {
    this.algorithm = algorithm;
    this.type = type;
    this.casts = casts;
  }

  @Override
  public String name() {
    return algorithm.name();
  }

  @Override
  public void run(ConvolutionPass p) {
    try (Casts.Operand x = CudnnConvolution.factor(p, p.first(), type, casts);
        Casts.Operand w = CudnnConvolution.factor(p, p.second(), type, casts);
        Casts.Operand bias = bias(p)) {
      long residual = p.residual() == null ? 0 : p.residual().address();
      algorithm.run(x.address(), w.address(), bias.address(), residual, p.result().address());
    }
  }

  private Casts.Operand bias(ConvolutionPass p) {
    if (p.bias() != null) {
      return casts.parameter(p.bias(), algorithm.biasType());
    }
    return algorithm.needsBias()
        ? casts.zeros(p.w().dim(0), algorithm.biasType())
        : new Casts.Operand(0, null);
  }
}
