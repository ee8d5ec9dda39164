package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;

/**
 * Batch normalisation over all dimensions but the last (Ioffe and Szegedy, 2015), with an optional
 * residual add and activation: {@code y = activation((x - mean) / sqrt(var + eps) * gamma + beta +
 * residual)}.
 *
 * <p>{@code x} and {@code residual} {@code [..., C]}, float32 or bfloat16 alike, as is the result;
 * the per-channel tensors and their gradients are float32 {@code [C]}. Sums are taken in float64.
 */
public abstract class NormalizationOps {
  /**
   * {@code mean} and {@code invStd = 1/sqrt(var + eps)} of the batch are what the backward pass
   * needs.
   */
  public record Trained(Tensor y, Tensor mean, Tensor invStd) {}

  /** Gradients; {@code residual} is null if there was none. */
  public record Gradients(Tensor x, Tensor gamma, Tensor beta, Tensor residual) {}

  /**
   * Normalises with the statistics of the batch and moves the running ones: {@code running = (1 -
   * momentum) * running + momentum * batch}, with the unbiased variance, as PyTorch does.
   *
   * @param residual added before the activation; may be null
   * @param runningMean updated in place; null to leave the running statistics alone (both)
   */
  public final Trained train(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      Tensor residual,
      Tensor runningMean,
      Tensor runningVar,
      float momentum,
      float eps,
      Activation activation) {
    String op = "batch norm";
    check(op, x, gamma, beta, residual);
    int c = x.shape().dim(-1);
    Checks.require(
        x.shape().rows() > 1,
        op,
        "needs more than one value per channel to train, got %s; use a larger batch or inference mode",
        x.shape());
    Checks.require(
        (runningMean == null) == (runningVar == null), op, "give both running statistics or none");
    if (runningMean != null) {
      Checks.perChannel(op, "running mean", runningMean, c);
      Checks.perChannel(op, "running variance", runningVar, c);
    }
    Tensor y = Tensor.empty(x.memory(), x.dtype(), x.shape());
    Tensor mean = Tensor.empty(x.memory(), DType.FLOAT32, Shape.of(c));
    Tensor invStd = Tensor.empty(x.memory(), DType.FLOAT32, Shape.of(c));
    Launch.run(
        "normalization.train",
        () ->
            runTrain(
                x,
                gamma,
                beta,
                residual,
                runningMean,
                runningVar,
                momentum,
                eps,
                activation,
                y,
                mean,
                invStd),
        x,
        gamma,
        beta,
        residual,
        runningMean,
        runningVar,
        y,
        mean,
        invStd);
    if (runningMean != null) {
      runningMean.modified();
      runningVar.modified();
    }
    return new Trained(y, mean, invStd);
  }

  /**
   * The result of {@link #train} without a residual, made again from the statistics it gave: the
   * same to the last bit.
   */
  public final Tensor normalize(
      Tensor x, Tensor gamma, Tensor beta, Tensor mean, Tensor invStd, Activation activation) {
    String op = "batch norm";
    check(op, x, gamma, beta, null);
    Checks.perChannel(op, "mean", mean, x.shape().dim(-1));
    Checks.perChannel(op, "invStd", invStd, x.shape().dim(-1));
    Tensor y = Tensor.empty(x.memory(), x.dtype(), x.shape());
    Launch.run(
        "normalization.normalize",
        () -> runNormalize(x, gamma, beta, mean, invStd, activation, y),
        x,
        gamma,
        beta,
        mean,
        invStd,
        y);
    return y;
  }

  /** Normalises with given statistics. */
  public final Tensor infer(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      Tensor residual,
      Tensor mean,
      Tensor variance,
      float eps,
      Activation activation) {
    String op = "batch norm";
    check(op, x, gamma, beta, residual);
    Checks.perChannel(op, "mean", mean, x.shape().dim(-1));
    Checks.perChannel(op, "variance", variance, x.shape().dim(-1));
    Tensor y = Tensor.empty(x.memory(), x.dtype(), x.shape());
    Launch.run(
        "normalization.infer",
        () -> runInfer(x, gamma, beta, residual, mean, variance, eps, activation, y),
        x,
        gamma,
        beta,
        residual,
        mean,
        variance,
        y);
    return y;
  }

  /**
   * Gradients of {@link #train} (with {@code batchStatistics}) or of {@link #infer} (without: the
   * statistics are constants).
   *
   * @param y the output of the forward pass, from which the activation's mask is taken. May be null
   *     where there is no activation or no residual: the mask is then computed from {@code x}.
   *     After {@link #train} it is the same one to the last bit, after {@link #infer} next to the
   *     kinks it may not be, as {@code invStd} is rounded; in bfloat16 it is that of the output
   *     before rounding, which tells what was rounded to 6 from what RELU6 has cut off
   * @param mean of the batch, or the constant one
   * @param invStd {@code 1/sqrt(var + eps)} of the batch, or of the constant variance
   */
  public final Gradients backward(
      Tensor dy,
      Tensor x,
      Tensor y,
      Tensor gamma,
      Tensor beta,
      Tensor mean,
      Tensor invStd,
      Activation activation,
      boolean batchStatistics,
      boolean withResidual) {
    String op = "batch norm gradient";
    Checks.activation(op, "x", x);
    Checks.channels(op, "x", x);
    checkAlike(op, "dy", dy, "x", x);
    if (y != null) {
      checkAlike(op, "y", y, "x", x);
    }
    Checks.require(
        y != null || activation == Activation.IDENTITY || !withResidual,
        op,
        "needs y for the mask of %s with a residual",
        activation);
    int c = x.shape().dim(-1);
    Checks.perChannel(op, "gamma", gamma, c);
    Checks.perChannel(op, "beta", beta, c);
    Checks.perChannel(op, "mean", mean, c);
    Checks.perChannel(op, "invStd", invStd, c);
    Tensor dx = Tensor.empty(x.memory(), x.dtype(), x.shape());
    Tensor dgamma = Tensor.empty(x.memory(), DType.FLOAT32, Shape.of(c));
    Tensor dbeta = Tensor.empty(x.memory(), DType.FLOAT32, Shape.of(c));
    Tensor dresidual = withResidual ? Tensor.empty(x.memory(), x.dtype(), x.shape()) : null;
    Gradients out = new Gradients(dx, dgamma, dbeta, dresidual);
    Launch.run(
        "normalization.backward",
        () -> runBackward(dy, x, y, gamma, beta, mean, invStd, activation, batchStatistics, out),
        dy,
        x,
        y,
        gamma,
        beta,
        mean,
        invStd,
        out.x(),
        out.gamma(),
        out.beta(),
        out.residual());
    return out;
  }

  private static void checkAlike(String op, String name, Tensor t, String otherName, Tensor other) {
    Checks.sameShape(op, name, t, otherName, other);
    Checks.sameType(op, name, t, otherName, other);
  }

  private static void check(String op, Tensor x, Tensor gamma, Tensor beta, Tensor residual) {
    Checks.activation(op, "input", x);
    Checks.require(
        x.shape().rank() >= 2, op, "input %s must be [..., C] of rank 2 or more", x.shape());
    Checks.channels(op, "input", x);
    Checks.perChannel(op, "gamma", gamma, x.shape().dim(-1));
    Checks.perChannel(op, "beta", beta, x.shape().dim(-1));
    if (residual != null) {
      checkAlike(op, "residual", residual, "input", x);
    }
    Checks.sameDevice(op, x, gamma, beta, residual);
  }

  /**
   * Writes {@code y}, {@code mean} and {@code invStd}; updates the running statistics unless null.
   */
  protected abstract void runTrain(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      Tensor residual,
      Tensor runningMean,
      Tensor runningVar,
      float momentum,
      float eps,
      Activation activation,
      Tensor y,
      Tensor mean,
      Tensor invStd);

  /** Writes {@code y}, as {@link #runTrain} does without a residual. */
  protected abstract void runNormalize(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      Tensor mean,
      Tensor invStd,
      Activation activation,
      Tensor y);

  /** Writes {@code y}. */
  protected abstract void runInfer(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      Tensor residual,
      Tensor mean,
      Tensor variance,
      float eps,
      Activation activation,
      Tensor y);

  /** Writes all tensors of {@code out} that are not null; {@code y} may be null. */
  protected abstract void runBackward(
      Tensor dy,
      Tensor x,
      Tensor y,
      Tensor gamma,
      Tensor beta,
      Tensor mean,
      Tensor invStd,
      Activation activation,
      boolean batchStatistics,
      Gradients out);
}
