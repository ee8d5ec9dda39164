package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.onednn.ConvolutionPlans;
import io.auxgrad.kernels.cpu.onednn.OneDnn;
import io.auxgrad.kernels.cpu.onednn.Plan;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.ConvolutionOps;

/**
 * Convolutions through oneDNN: images stay plain NHWC, weights are reordered inside each call to
 * what the primitive likes best, so that they may change in place at any time.
 */
final class CpuConvolution extends ConvolutionOps {
  private record Forward(Shape x, Shape w, Conv2dSpec spec, Activation activation, boolean bias) {}

  private record Gradient(Shape x, Shape w, Conv2dSpec spec, boolean bias) {}

  private final PlanCache<Forward> forward;
  private final PlanCache<Gradient> gradInput;
  private final PlanCache<Gradient> gradWeight;

  CpuConvolution(CpuContext context) {
    forward = new PlanCache<>(context, CpuConvolution::forwardPlan);
    gradInput = new PlanCache<>(context, CpuConvolution::gradInputPlan);
    gradWeight = new PlanCache<>(context, CpuConvolution::gradWeightPlan);
  }

  @Override
  protected void runForward(
      Tensor x, Tensor w, Tensor bias, Conv2dSpec spec, Activation activation, Tensor y) {
    Forward key = new Forward(x.shape(), w.shape(), spec, activation, bias != null);
    if (bias == null) {
      forward.run(key, x.address(), w.address(), y.address());
    } else {
      forward.run(key, x.address(), w.address(), y.address(), bias.address());
    }
  }

  @Override
  protected void runGradInput(Tensor dy, Tensor w, Conv2dSpec spec, Tensor dx) {
    gradInput.run(
        new Gradient(dx.shape(), w.shape(), spec, false), dy.address(), w.address(), dx.address());
  }

  @Override
  protected void runGradWeight(Tensor x, Tensor dy, Conv2dSpec spec, Tensor dw, Tensor dbias) {
    Gradient key = new Gradient(x.shape(), dw.shape(), spec, dbias != null);
    if (dbias == null) {
      gradWeight.run(key, x.address(), dy.address(), dw.address());
    } else {
      gradWeight.run(key, x.address(), dy.address(), dw.address(), dbias.address());
    }
  }

  private static Plan forwardPlan(OneDnn dnn, Forward key) {
    try (var plans = new ConvolutionPlans(dnn, key.x(), key.w(), key.spec())) {
      return plans.forward(key.activation(), key.bias());
    }
  }

  private static Plan gradInputPlan(OneDnn dnn, Gradient key) {
    try (var plans = new ConvolutionPlans(dnn, key.x(), key.w(), key.spec())) {
      return plans.gradInput();
    }
  }

  private static Plan gradWeightPlan(OneDnn dnn, Gradient key) {
    try (var plans = new ConvolutionPlans(dnn, key.x(), key.w(), key.spec())) {
      return plans.gradWeight(key.bias());
    }
  }
}
