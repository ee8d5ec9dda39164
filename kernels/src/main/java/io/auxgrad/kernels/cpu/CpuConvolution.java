package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.onednn.ConvolutionPlans;
import io.auxgrad.kernels.cpu.onednn.OneDnn;
import io.auxgrad.kernels.cpu.onednn.Plan;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.ConvolutionOps;

/**
 * Convolutions through oneDNN: images stay plain NHWC, weights are reordered to what the primitive
 * likes best, inside of each call or once as {@link PackedWeights}, so that they may change in
 * place at any time. Those to a few channels and those of few pixels go another way: {@link
 * NarrowConvolution}, {@link PointConvolution}.
 */
final class CpuConvolution extends ConvolutionOps {
  private record Key(
      Shape x,
      DType xType,
      Shape w,
      Conv2dSpec spec,
      DType yType,
      Activation activation,
      boolean bias,
      boolean residual) {
    static Key gradient(Tensor x, Tensor w, Conv2dSpec spec, Tensor y, boolean bias) {
      return new Key(
          x.shape(), x.dtype(), w.shape(), spec, y.dtype(), Activation.IDENTITY, bias, false);
    }

    ConvolutionPlans plans(OneDnn dnn) {
      return new ConvolutionPlans(dnn, x, xType, w, spec, yType);
    }
  }

  private static final int GRAIN = 1 << 16;

  private final CpuContext context;
  private final PlanCache<Key> forward;
  private final PlanCache<Key> gradInput;
  private final PlanCache<Key> gradWeight;
  private final NarrowConvolution narrow;
  private final PointConvolution point;

  CpuConvolution(CpuContext context, CpuMatmul matmul) {
    this.context = context;
    forward = new PlanCache<>(context, CpuConvolution::forwardPlan);
    gradInput = new PlanCache<>(context, CpuConvolution::gradInputPlan);
    gradWeight = new PlanCache<>(context, CpuConvolution::gradWeightPlan);
    narrow = new NarrowConvolution(context, matmul);
    point = new PointConvolution(matmul);
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
    if (residual == null && NarrowConvolution.suits(x, w.shape(), spec)) {
      narrow.forward(x, w, bias, spec, activation, y);
    } else if (residual == null && PointConvolution.suits(x, w, bias, spec, activation)) {
      point.forward(x, w, y);
    } else {
      forwardDirectly(x, w, bias, spec, residual, activation, y);
    }
  }

  private void forwardDirectly(
      Tensor x,
      Tensor w,
      Tensor bias,
      Conv2dSpec spec,
      Tensor residual,
      Activation activation,
      Tensor y) {
    Key key =
        new Key(
            x.shape(),
            x.dtype(),
            w.shape(),
            spec,
            y.dtype(),
            activation,
            bias != null,
            residual != null);
    Tensor last = residual == null ? bias : residual;
    if (last == null) {
      forward.run(key, w, x.address(), w.address(), y.address());
    } else if (bias == null || residual == null) {
      forward.run(key, w, x.address(), w.address(), y.address(), last.address());
    } else {
      forward.run(
          key, w, x.address(), w.address(), y.address(), bias.address(), residual.address());
    }
  }

  @Override
  protected void runGradInput(Tensor dy, Tensor w, Conv2dSpec spec, Tensor dx) {
    if (PointConvolution.suits(dx.shape(), w.shape(), spec)) {
      point.gradInput(dy, w, dx);
    } else {
      Key key = Key.gradient(dx, w, spec, dy, false);
      gradInput.run(key, w, dy.address(), w.address(), dx.address());
    }
  }

  @Override
  protected void runGradWeight(Tensor x, Tensor dy, Conv2dSpec spec, Tensor dw, Tensor dbias) {
    if (dy.size() == 0) {
      clear(dw);
      if (dbias != null) {
        clear(dbias);
      }
    } else if (NarrowConvolution.suitsGradWeight(x, dw.shape(), spec)) {
      narrow.gradWeight(x, dy, spec, dw, dbias);
    } else if (dbias == null && PointConvolution.suitsGradWeight(x, dy, dw.shape(), spec)) {
      point.gradWeight(x, dy, dw);
    } else {
      gradWeightDirectly(x, dy, spec, dw, dbias);
    }
  }

  // Where there is nothing to add up, oneDNN writes nothing.
  private static void clear(Tensor gradient) {
    Native.clear(gradient.address(), gradient.byteSize());
  }

  private void gradWeightDirectly(Tensor x, Tensor dy, Conv2dSpec spec, Tensor dw, Tensor dbias) {
    if (!ConvolutionPlans.writesAllWeights(x.shape(), dw.shape(), spec)) {
      context
          .workers()
          .range(
              dw.size(), GRAIN, (_, lo, hi) -> Native.clear(dw.address() + 4 * lo, 4 * (hi - lo)));
    }
    Key key = Key.gradient(x, dw, spec, dy, dbias != null);
    if (dbias == null) {
      gradWeight.run(key, x.address(), dy.address(), dw.address());
    } else {
      gradWeight.run(key, x.address(), dy.address(), dw.address(), dbias.address());
    }
  }

  private static Plan forwardPlan(OneDnn dnn, Key key) {
    try (var plans = key.plans(dnn)) {
      return plans.forward(key.activation(), key.bias(), key.residual());
    }
  }

  private static Plan gradInputPlan(OneDnn dnn, Key key) {
    try (var plans = key.plans(dnn)) {
      return plans.gradInput();
    }
  }

  private static Plan gradWeightPlan(OneDnn dnn, Key key) {
    try (var plans = key.plans(dnn)) {
      return plans.gradWeight(key.bias());
    }
  }
}
