package io.auxgrad.autograd;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
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
    return conv2d(x, w, bias, spec, x.value().dtype());
  }

  private static Variable conv2d(
      Variable x, Variable w, Variable bias, Conv2dSpec spec, DType type) {
    ConvolutionOps convolution = x.backend().convolution();
    Tensor y =
        convolution.forward(x.value(), w.value(), valueOf(bias), spec, Activation.IDENTITY, type);
    DType xType = x.value().dtype();
    return Tape.record(
        y,
        saver -> {
          Supplier<Tensor> savedX = saver.saveValueFor(w, x);
          Tensor savedW = saver.saveFor(x, w.value());
          return (dy, into) -> {
            if (into.wants(w)) {
              var gradients =
                  convolution.gradWeight(savedX.get(), dy, spec, w.shape(), into.wants(bias));
              into.add(w, gradients::weight);
              into.add(bias, gradients::bias);
            } else {
              into.add(bias, () -> asFloat32(dy));
            }
            into.add(x, () -> convolution.gradInput(dy, savedW, spec, x.shape(), xType));
          };
        },
        x,
        w,
        bias);
  }

  /**
   * {@link #conv2d(Variable, Variable, Variable, Conv2dSpec)} with an activation behind it: one
   * pass where nothing is recorded, two ops on a tape.
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
   * {@code activation(conv(x, w) + bias + residual)}: one pass where nothing is recorded, up to
   * three ops on a tape.
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
    if (Tape.tracks(x, w, bias, residual)) {
      Variable y = conv2d(x, w, bias, spec, type);
      Variable sum = residual == null ? y : y.plus(residual);
      Variable active = PointwiseGradients.activation(activation, sum);
      releaseUnless(active, y);
      releaseUnless(active, sum);
      return active;
    }
    return Variable.result(
        x.backend()
            .convolution()
            .forward(
                x.value(), w.value(), valueOf(bias), spec, valueOf(residual), activation, type));
  }

  private static void releaseUnless(Variable result, Variable intermediate) {
    if (intermediate != result) {
      intermediate.release();
    }
  }

  private static Tensor asFloat32(Tensor t) {
    return t.dtype() == DType.FLOAT32 ? t : Backends.of(t).pointwise().cast(t, DType.FLOAT32);
  }

  private static Tensor valueOf(Variable variableOrNull) {
    return variableOrNull == null ? null : variableOrNull.value();
  }
}
