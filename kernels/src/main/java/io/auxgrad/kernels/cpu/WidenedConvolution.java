package io.auxgrad.kernels.cpu;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.ConvolutionOps;

/** Convolutions of bfloat16 for processors without instructions for it: in float32. */
final class WidenedConvolution extends ConvolutionOps {
  private final CpuConvolution float32;
  private final Widening widening;

  WidenedConvolution(CpuConvolution float32, Widening widening) {
    this.float32 = float32;
    this.widening = widening;
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
    widening.run(
        y,
        wideY ->
            float32.runForward(
                widening.of(x),
                w,
                bias,
                spec,
                residual == null ? null : widening.of(residual),
                activation,
                wideY));
  }

  @Override
  protected void runGradInput(Tensor dy, Tensor w, Conv2dSpec spec, Tensor dx) {
    widening.run(dx, wideDx -> float32.runGradInput(widening.of(dy), w, spec, wideDx));
  }

  @Override
  protected void runGradWeight(Tensor x, Tensor dy, Conv2dSpec spec, Tensor dw, Tensor dbias) {
    widening.run(
        dw, wideDw -> float32.runGradWeight(widening.of(x), widening.of(dy), spec, wideDw, dbias));
  }
}
