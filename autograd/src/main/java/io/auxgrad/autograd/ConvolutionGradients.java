package io.auxgrad.autograd;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.ConvolutionOps;
import java.util.function.Supplier;

/** 2-d convolution, NHWC with OHWI weights. */
public final class ConvolutionGradients {
  private ConvolutionGradients() {}

  /**
   * Cross-correlation of {@code x [N,H,W,C]} with {@code w [O,KH,KW,C/groups]} to {@code
   * [N,OH,OW,O]} of the type of {@code x}.
   *
   * @param bias {@code [O]}, or null
   */
  public static Variable conv2d(Variable x, Variable w, Variable bias, Conv2dSpec spec) {
    return conv2d(x, w, bias, spec, Activation.IDENTITY);
  }

  /**
   * {@link #conv2d(Variable, Variable, Variable, Conv2dSpec)} with an activation in the same pass.
   */
  public static Variable conv2d(
      Variable x, Variable w, Variable bias, Conv2dSpec spec, Activation activation) {
    return conv2d(x, w, bias, spec, activation, x.value().dtype());
  }

  /**
   * {@link #conv2d(Variable, Variable, Variable, Conv2dSpec, Activation)} to a result of type
   * {@code type}.
   *
   * @param type float32, or that of {@code x}
   */
  public static Variable conv2d(
      Variable x, Variable w, Variable bias, Conv2dSpec spec, Activation activation, DType type) {
    return conv2d(x, w, bias, spec, null, activation, type);
  }

  /**
   * {@code activation(conv(x, w) + bias + residual)} in one pass.
   *
   * @param residual of the shape and type of the result, or null
   * @param type of the result: float32, or that of {@code x}
   */
  public static Variable conv2d(
      Variable x,
      Variable w,
      Variable bias,
      Conv2dSpec spec,
      Variable residual,
      Activation activation,
      DType type) {
    ConvolutionOps convolution = x.backend().convolution();
    Tensor y =
        convolution.forward(
            x.value(), w.value(), valueOf(bias), spec, valueOf(residual), activation, type);
    DType xType = x.value().dtype();
    return Tape.record(
        y,
        saver -> {
          Supplier<Tensor> savedX = saver.saveValueFor(w, x);
          Tensor savedW = saver.saveFor(x, w.value());
          boolean alone = residual == null || activation == Activation.IDENTITY;
          if (alone && isScale(x, w, bias, spec, type) && savedX != null && savedW != null) {
            Tensor maskY = cutsRounded(activation, type) ? saver.save(y) : null;
            return (dy, into) -> {
              scaleBackward(dy, x, savedX, maskY, w, savedW, activation, into);
              into.add(residual, () -> dy);
            };
          }
          Tensor savedY = activation == Activation.IDENTITY ? null : saver.save(y);
          return (dy, into) -> {
            Tensor dsum = PointwiseGradients.activationBackward(activation, dy, savedY);
            if (into.wants(w)) {
              var gradients =
                  convolution.gradWeight(savedX.get(), dsum, spec, w.shape(), into.wants(bias));
              into.add(w, gradients::weight);
              into.add(bias, gradients::bias);
            } else {
              into.add(bias, () -> asFloat32(dsum));
            }
            into.add(x, () -> convolution.gradInput(dsum, savedW, spec, x.shape(), xType));
            into.add(residual, () -> dsum);
          };
        },
        x,
        w,
        bias,
        residual);
  }

  /** Whether it is a number for each channel that each pixel is multiplied by. */
  private static boolean isScale(
      Variable x, Variable w, Variable bias, Conv2dSpec spec, DType type) {
    int channels = x.shape().dim(-1);
    return bias == null
        && x.dtype() == type
        && w.shape().equals(Shape.of(channels, 1, 1, 1))
        && spec.equals(Conv2dSpec.of(1, 0, 1, channels).with(spec.math()));
  }

  // In float32 the input tells where the activation cuts off. In bfloat16 the output alone tells
  // what was rounded to one of its ends.
  private static boolean cutsRounded(Activation activation, DType type) {
    return activation != Activation.IDENTITY && type == DType.BFLOAT16;
  }

  // Both gradients in one pass, as those of a batch normalisation that only scales.
  private static void scaleBackward(
      Tensor dy,
      Variable x,
      Supplier<Tensor> savedX,
      Tensor yOrNull,
      Variable w,
      Tensor savedW,
      Activation activation,
      GradientSink into) {
    if (!into.wants(x) && !into.wants(w)) {
      return;
    }
    Backend backend = Backends.of(dy);
    Shape channels = Shape.of(x.shape().dim(-1));
    Tensor none = Tensor.zeros(dy.memory(), DType.FLOAT32, channels);
    Tensor one = Tensor.empty(dy.memory(), DType.FLOAT32, channels);
    backend.pointwise().fill(one, 1);
    Tensor scale = rounded(savedW.reshape(channels), x.dtype());
    var gradients =
        backend
            .normalization()
            .backward(dy, savedX.get(), yOrNull, scale, none, none, one, activation, false, false);
    into.add(x, gradients::x);
    into.add(w, () -> gradients.gamma().reshape(w.shape()));
  }

  /** In float32 what a convolution of {@code type} multiplies by. */
  private static Tensor rounded(Tensor weights, DType type) {
    return type == DType.FLOAT32
        ? weights
        : asFloat32(Backends.of(weights).pointwise().cast(weights, type));
  }

  private static Tensor asFloat32(Tensor t) {
    return t.dtype() == DType.FLOAT32 ? t : Backends.of(t).pointwise().cast(t, DType.FLOAT32);
  }

  private static Tensor valueOf(Variable variableOrNull) {
    return variableOrNull == null ? null : variableOrNull.value();
  }
}
