package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;

/**
 * 2-d convolution (cross-correlation), NHWC with OHWI weights: stride, padding, dilation, groups.
 *
 * <p>{@code x [N,H,W,C]}, {@code w [O,KH,KW,C/groups]}, {@code bias [O]}, {@code y [N,OH,OW,O]}.
 *
 * <p>{@code x}, {@code y} and their gradients are float32 or bfloat16, each of its own; {@code w},
 * {@code bias} and their gradients are float32. Where one of the images is bfloat16, both factors
 * are rounded to it. Sums are float32 in any case; the gradient of {@code w}, and for a bfloat16
 * {@code y} the sum before bias and residual or else the bias, may have been rounded to bfloat16
 * once then. Where both are float32, {@link Conv2dSpec#math} says what they may be multiplied as.
 */
public abstract class ConvolutionOps {
  /**
   * The gradients with respect to weight and bias; {@code bias} is null if it was not asked for.
   */
  public record WeightGradients(Tensor weight, Tensor bias) {}

  /**
   * {@code y = activation(conv(x, w) + bias)} of the type of {@code x}; {@code bias} may be null.
   */
  public final Tensor forward(
      Tensor x, Tensor w, Tensor bias, Conv2dSpec spec, Activation activation) {
    return forward(x, w, bias, spec, activation, x.dtype());
  }

  /**
   * {@link #forward(Tensor, Tensor, Tensor, Conv2dSpec, Activation)} to a result of type {@code
   * type}.
   *
   * @param type float32, or that of {@code x}
   */
  public final Tensor forward(
      Tensor x, Tensor w, Tensor bias, Conv2dSpec spec, Activation activation, DType type) {
    return forward(x, w, bias, spec, null, activation, type);
  }

  /**
   * {@code y = activation(conv(x, w) + bias + residual)}.
   *
   * @param bias {@code [O]}, or null
   * @param residual of the shape and type of {@code y}, or null
   * @param type of the result: float32, or that of {@code x}
   */
  public final Tensor forward(
      Tensor x,
      Tensor w,
      Tensor bias,
      Conv2dSpec spec,
      Tensor residual,
      Activation activation,
      DType type) {
    check("conv2d", x.shape(), w.shape(), spec);
    Checks.activation("conv2d", "input", x);
    Checks.floating("conv2d", "weight", w);
    Checks.require(
        type == x.dtype() || type == DType.FLOAT32,
        "conv2d",
        "an input of type %s gives no output of type %s",
        x.dtype(),
        type);
    Checks.sameDevice("conv2d", x, w, bias, residual);
    if (bias != null) {
      Checks.perChannel("conv2d", "bias", bias, w.shape().dim(0));
    }
    Shape shape = spec.outputShape(x.shape(), w.shape());
    checkResidual(residual, shape, type);
    Tensor y = Tensor.empty(x.memory(), type, shape);
    Launch.run(
        "convolution.forward",
        () -> runForward(x, w, bias, spec, residual, activation, y),
        x,
        w,
        bias,
        residual,
        y);
    MacCounter.add(macs(y.shape(), w.shape()));
    return y;
  }

  /** {@code dL/dx [N,H,W,C]} from {@code dL/dy}, of its type. */
  public final Tensor gradInput(Tensor dy, Tensor w, Conv2dSpec spec, Shape x) {
    return gradInput(dy, w, spec, x, dy.dtype());
  }

  /** {@code dL/dx [N,H,W,C]}, of type {@code type}, from {@code dL/dy}. */
  public final Tensor gradInput(Tensor dy, Tensor w, Conv2dSpec spec, Shape x, DType type) {
    checkGradient(dy, x, w.shape(), spec);
    Checks.floating("conv2d gradient", "weight", w);
    Checks.activation("conv2d gradient", "dx", type);
    Checks.sameDevice("conv2d gradient", dy, w);
    Tensor dx = Tensor.empty(dy.memory(), type, x);
    Launch.run("convolution.gradInput", () -> runGradInput(dy, w, spec, dx), dy, w, dx);
    MacCounter.add(macs(dy.shape(), w.shape()));
    return dx;
  }

  /**
   * {@code dL/dw [O,KH,KW,C/groups]} and, if {@code withBias}, {@code dL/dbias [O]} from {@code
   * dL/dy}.
   */
  public final WeightGradients gradWeight(
      Tensor x, Tensor dy, Conv2dSpec spec, Shape w, boolean withBias) {
    checkGradient(dy, x.shape(), w, spec);
    Checks.activation("conv2d gradient", "input", x);
    Checks.sameDevice("conv2d gradient", dy, x);
    Tensor dw = Tensor.empty(x.memory(), DType.FLOAT32, w);
    Tensor db = withBias ? Tensor.empty(x.memory(), DType.FLOAT32, Shape.of(w.dim(0))) : null;
    Launch.run("convolution.gradWeight", () -> runGradWeight(x, dy, spec, dw, db), x, dy, dw, db);
    MacCounter.add(macs(dy.shape(), w));
    return new WeightGradients(dw, db);
  }

  private static void checkResidual(Tensor residualOrNull, Shape y, DType type) {
    if (residualOrNull != null) {
      Checks.shape("conv2d", "residual", residualOrNull, y);
      Checks.require(
          residualOrNull.dtype() == type,
          "conv2d",
          "residual %s must be of the output's type %s",
          residualOrNull,
          type);
    }
  }

  private static long macs(Shape y, Shape w) {
    return y.size() * w.stride(0);
  }

  private static void checkGradient(Tensor dy, Shape x, Shape w, Conv2dSpec spec) {
    check("conv2d gradient", x, w, spec);
    Checks.activation("conv2d gradient", "dy", dy);
    if (!spec.leadsTo(dy.shape(), x, w)) {
      Checks.shape("conv2d gradient", "dy", dy, spec.outputShape(x, w));
    }
  }

  private static void check(String op, Shape x, Shape w, Conv2dSpec spec) {
    Checks.require(x.rank() == 4, op, "input %s must be [N,H,W,C]", x);
    Checks.require(w.rank() == 4, op, "weight %s must be [O,KH,KW,C/groups]", w);
    Checks.require(w.size() > 0, op, "weight %s has no elements", w);
    int channels = w.dim(3) * spec.groups();
    Checks.require(
        x.dim(3) == channels,
        op,
        "input has %d channels but weight %s with %d group(s) expects %d",
        x.dim(3),
        w,
        spec.groups(),
        channels);
    Checks.require(
        w.dim(0) % spec.groups() == 0,
        op,
        "%d output channels do not split into %d groups",
        w.dim(0),
        spec.groups());
  }

  /** Writes {@code y}. */
  protected abstract void runForward(
      Tensor x,
      Tensor w,
      Tensor bias,
      Conv2dSpec spec,
      Tensor residual,
      Activation activation,
      Tensor y);

  /** Writes {@code dx}. */
  protected abstract void runGradInput(Tensor dy, Tensor w, Conv2dSpec spec, Tensor dx);

  /** Writes {@code dw} and, unless it is null, {@code dbias}. */
  protected abstract void runGradWeight(
      Tensor x, Tensor dy, Conv2dSpec spec, Tensor dw, Tensor dbias);
}
