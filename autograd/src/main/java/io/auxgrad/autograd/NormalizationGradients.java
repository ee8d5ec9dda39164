package io.auxgrad.autograd;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.NormalizationOps;
import io.auxgrad.tensor.ops.PointwiseOps;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.function.Supplier;

/** Batch normalisation (Ioffe and Szegedy, 2015), with an optional residual add and activation. */
public final class NormalizationGradients {
  private NormalizationGradients() {}

  /**
   * {@code activation((x - mean) / sqrt(var + eps) * gamma + beta + residual)} for {@code x [...,
   * C]}.
   *
   * @param gamma {@code [C]}
   * @param beta {@code [C]}
   * @param residual of {@code x}'s shape, or null
   * @param runningMean {@code [C]}; moved by {@code momentum} towards the batch when training (once
   *     only under a {@link Checkpoint}), else the mean
   * @param runningVar {@code [C]}, alike
   * @param training true: statistics of the batch; false: the running ones, as constants
   */
  public static Variable batchNorm(
      Variable x,
      Variable gamma,
      Variable beta,
      Variable residual,
      Tensor runningMean,
      Tensor runningVar,
      float momentum,
      float eps,
      Activation activation,
      boolean training) {
    Arguments in = new Arguments(x, gamma, beta, residual);
    return training
        ? train(in, runningMean, runningVar, momentum, eps, activation)
        : infer(in, runningMean, runningVar, eps, activation);
  }

  private record Arguments(Variable x, Variable gamma, Variable beta, Variable residual) {
    Tensor residualValue() {
      return residual == null ? null : residual.value();
    }
  }

  private static Variable train(
      Arguments in,
      Tensor runningMean,
      Tensor runningVar,
      float momentum,
      float eps,
      Activation activation) {
    boolean again = Checkpoint.isRecomputing();
    NormalizationOps.Trained out =
        in.x
            .backend()
            .normalization()
            .train(
                in.x.value(),
                in.gamma.value(),
                in.beta.value(),
                in.residualValue(),
                again ? null : runningMean,
                again ? null : runningVar,
                momentum,
                eps,
                activation);
    Variable y =
        Tape.record(
            out.y(),
            saver -> {
              Tensor mean = saver.save(out.mean());
              Tensor invStd = saver.save(out.invStd());
              return rule(saver, in, out.y(), activation, true, mean, () -> invStd);
            },
            in.x,
            in.gamma,
            in.beta,
            in.residual);
    out.mean().close();
    out.invStd().close();
    return y;
  }

  private static Variable infer(
      Arguments in, Tensor mean, Tensor variance, float eps, Activation activation) {
    Tensor y =
        in.x
            .backend()
            .normalization()
            .infer(
                in.x.value(),
                in.gamma.value(),
                in.beta.value(),
                in.residualValue(),
                mean,
                variance,
                eps,
                activation);
    return Tape.record(
        y,
        saver -> {
          Tensor savedVariance = saver.save(variance);
          PointwiseOps pointwise = in.x.backend().pointwise();
          Supplier<Tensor> invStd =
              () ->
                  pointwise.unary(
                      UnaryOp.RECIPROCAL,
                      pointwise.unary(UnaryOp.SQRT, pointwise.affine(savedVariance, 1, eps)));
          return rule(saver, in, y, activation, false, saver.save(mean), invStd);
        },
        in.x,
        in.gamma,
        in.beta,
        in.residual);
  }

  private static Rule rule(
      Saver saver,
      Arguments in,
      Tensor y,
      Activation activation,
      boolean batchStatistics,
      Tensor mean,
      Supplier<Tensor> invStd) {
    NormalizationOps normalization = in.x.backend().normalization();
    boolean masked = activation != Activation.IDENTITY;
    Tensor x = saver.save(in.x.value());
    Tensor gamma = saver.save(in.gamma.value());
    Tensor beta = saver.save(in.beta.value());
    // Of y only the activation's mask is needed, and where x tells it y need not be kept: not here,
    // and not by the op behind, which is a convolution as a rule and far slower than this.
    boolean fromX = batchStatistics && in.residual == null;
    Tensor mask = masked && !fromX ? saver.save(y) : null;
    if (fromX) {
      saver.remake(() -> normalization.normalize(x, gamma, beta, mean, invStd.get(), activation));
    }
    return (dy, into) -> {
      var gradients =
          normalization.backward(
              dy,
              x,
              mask,
              gamma,
              beta,
              mean,
              invStd.get(),
              activation,
              batchStatistics,
              masked && into.wants(in.residual));
      into.add(in.x, gradients::x);
      into.add(in.gamma, gradients::gamma);
      into.add(in.beta, gradients::beta);
      into.add(in.residual, () -> masked ? gradients.residual() : dy);
    };
  }
}
