package io.auxgrad.kernels.cpu;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.MathMode;
import io.auxgrad.tensor.ops.MatmulOps;

/** Products of bfloat16 for processors without instructions for it: in float32. */
final class WidenedMatmul extends MatmulOps {
  private final CpuMatmul float32;
  private final Widening widening;

  WidenedMatmul(CpuMatmul float32, Widening widening) {
    this.float32 = float32;
    this.widening = widening;
  }

  @Override
  protected void runMultiply(
      Tensor a, boolean transposeA, Tensor b, boolean transposeB, MathMode math, Tensor out) {
    widening.run(
        out,
        wideOut ->
            float32.runMultiply(
                widening.of(a), transposeA, widening.of(b), transposeB, math, wideOut));
  }
}
