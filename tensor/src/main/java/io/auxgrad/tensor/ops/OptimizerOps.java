package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import java.util.Arrays;
import java.util.List;

/**
 * Optimiser steps in place over many float32 tensors at once; list element {@code i} of each list
 * belongs together.
 *
 * <p>What changes from step to step is read from the device's memory, so that a step can be
 * {@linkplain Backend#record recorded}. So is a <b>verdict</b>, float32 {@code [}{@link
 * #VERDICT}{@code ]}, which {@link #clip} writes: an op that is given one with {@link #HALTED} not
 * 0 changes nothing.
 */
public abstract class OptimizerOps {
  /** Place in a verdict: not 0 from the first step on that must not be made. */
  public static final int HALTED = 0;

  /**
   * Place in a verdict: the number of the first gradient that was not finite at that step; -1 if it
   * was a loss.
   */
  public static final int CULPRIT = 1;

  /** Place in a verdict: what the last gradients were multiplied with. */
  public static final int FACTOR = 2;

  /** Numbers of a verdict, zeros at first. */
  public static final int VERDICT = 3;

  /** What PyTorch adds to the norm before dividing by it. */
  public static final double NORM_EPS = 1e-6;

  /**
   * Settings of stochastic gradient descent.
   *
   * @param learningRate step size
   * @param momentum 0 for none
   * @param dampening of the gradient that enters the momentum
   * @param nesterov look ahead along the momentum
   * @param weightDecay L2 penalty added to the gradient
   */
  public record Sgd(
      float learningRate, float momentum, float dampening, boolean nesterov, float weightDecay) {
    /** How many numbers there are. */
    public static final int NUMBERS = 5;

    /** From the numbers in their order. */
    public static Sgd of(float... n) {
      return new Sgd(n[0], n[1], n[2], n[3] != 0, n[4]);
    }

    /** The numbers in a new tensor, for {@link OptimizerOps#sgd}. */
    public Tensor on(DeviceMemory memory) {
      return Tensor.of(memory, Shape.of(NUMBERS), numbers());
    }

    /** The settings as numbers in their order. */
    public float[] numbers() {
      return new float[] {learningRate, momentum, dampening, nesterov ? 1 : 0, weightDecay};
    }
  }

  /**
   * Settings of Adam.
   *
   * @param learningRate step size
   * @param beta1 decay of the mean
   * @param beta2 decay of the squared mean
   * @param eps added to the root
   * @param weightDecay penalty
   * @param decoupled true for AdamW: the penalty shrinks the weights directly
   */
  public record Adam(
      float learningRate,
      float beta1,
      float beta2,
      float eps,
      float weightDecay,
      boolean decoupled) {}

  /**
   * PyTorch's SGD: {@code g += weightDecay * p; v = momentum * v + (1 - dampening) * g} (at the
   * first step {@code v = g}); {@code p -= learningRate * (nesterov ? g + momentum * v : v)}.
   *
   * @param velocitiesOrNull null without momentum
   * @param first true at the first step
   * @param numbers float32, {@link Sgd#on}
   * @param verdictOrNull float32 {@code [}{@link #VERDICT}{@code ]}
   */
  public final void sgd(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> velocitiesOrNull,
      boolean first,
      Tensor numbers,
      Tensor verdictOrNull) {
    sameSizes("sgd", parameters, gradients);
    if (velocitiesOrNull != null) {
      sameSizes("sgd", parameters, velocitiesOrNull);
    }
    checkNumbers("sgd", numbers, Sgd.NUMBERS, verdictOrNull);
    Launch.run(
        "optimizer.sgd",
        () -> runSgd(parameters, gradients, velocitiesOrNull, first, numbers, verdictOrNull),
        Arrays.asList(
            parameters, gradients, velocitiesOrNull, Arrays.asList(numbers, verdictOrNull)));
    parameters.forEach(Tensor::modified);
  }

  /**
   * PyTorch's Adam and AdamW, with bias correction.
   *
   * @param numbers float32, {@link AdamStep#on}
   * @param verdictOrNull float32 {@code [}{@link #VERDICT}{@code ]}
   */
  public final void adam(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> means,
      List<Tensor> squares,
      Tensor numbers,
      Tensor verdictOrNull) {
    sameSizes("adam", parameters, gradients);
    sameSizes("adam", parameters, means);
    sameSizes("adam", parameters, squares);
    checkNumbers("adam", numbers, AdamStep.NUMBERS, verdictOrNull);
    Launch.run(
        "optimizer.adam",
        () -> runAdam(parameters, gradients, means, squares, numbers, verdictOrNull),
        Arrays.asList(
            parameters, gradients, means, squares, Arrays.asList(numbers, verdictOrNull)));
    parameters.forEach(Tensor::modified);
  }

  /**
   * {@code average = decay * average + (1 - decay) * value}: exponential moving average of weights.
   *
   * @param verdictOrNull float32 {@code [}{@link #VERDICT}{@code ]}
   */
  public final void average(
      List<Tensor> averages, List<Tensor> values, float decay, Tensor verdictOrNull) {
    sameSizes("average", averages, values);
    checkVerdict("average", verdictOrNull);
    Launch.run(
        "optimizer.average",
        () -> runAverage(averages, values, decay, verdictOrNull),
        Arrays.asList(averages, values, Arrays.asList(verdictOrNull)));
    averages.forEach(Tensor::modified);
  }

  /**
   * Decides whether a step is made, and scales its gradients by one factor so that their common
   * 2-norm is at most {@code maxNorm}: {@code maxNorm / (norm + }{@link #NORM_EPS}{@code )} if that
   * is below 1. The norm is computed in float64, in a fixed order.
   *
   * <p>Where a loss or the norm is not finite, nothing is scaled, and the verdict halts this step
   * and all later ones.
   *
   * @param losses float32 of any shape; scaled by nothing, only looked at
   * @param gradients none of them empty
   * @param maxNorm positive
   * @param verdict float32 {@code [}{@link #VERDICT}{@code ]}, of the step before, or zeros
   */
  public final void clip(Tensor losses, List<Tensor> gradients, double maxNorm, Tensor verdict) {
    Checks.floating("clip", "losses", losses);
    checkVerdict("clip", verdict);
    Checks.require(maxNorm > 0, "clip", "norm %s must be positive", maxNorm);
    for (Tensor gradient : gradients) {
      Checks.floating("clip", "gradient", gradient);
      Checks.require(gradient.size() > 0, "clip", "gradient %s is empty", gradient);
    }
    Launch.run(
        "optimizer.clip",
        () -> runClip(losses, gradients, maxNorm, verdict),
        List.of(gradients, List.of(losses, verdict)));
    gradients.forEach(Tensor::modified);
    verdict.modified();
  }

  /** The sum of squares over all tensors, in float64 and a fixed order; waits for the device. */
  public final double sumOfSquares(List<Tensor> tensors) {
    double[] sum = new double[1];
    Launch.run("optimizer.sumOfSquares", () -> sum[0] = runSumOfSquares(tensors), List.of(tensors));
    return sum[0];
  }

  /** {@code t *= factor} for each tensor. */
  public final void scale(List<Tensor> tensors, float factor) {
    Launch.run("optimizer.scale", () -> runScale(tensors, factor), List.of(tensors));
    tensors.forEach(Tensor::modified);
  }

  private static void sameSizes(String op, List<Tensor> a, List<Tensor> b) {
    if (a.size() != b.size()) {
      throw new TensorException(
          op + ": " + a.size() + " parameters but " + b.size() + " of another list");
    }
    for (int i = 0; i < a.size(); i++) {
      Checks.floating(op, "parameter", a.get(i));
      Checks.sameShape(op, "parameter", a.get(i), "list element", b.get(i));
    }
  }

  private static void checkNumbers(String op, Tensor numbers, int count, Tensor verdictOrNull) {
    Checks.dtype(op, "numbers", numbers, DType.FLOAT32);
    Checks.shape(op, "numbers", numbers, Shape.of(count));
    checkVerdict(op, verdictOrNull);
  }

  private static void checkVerdict(String op, Tensor verdictOrNull) {
    if (verdictOrNull != null) {
      Checks.dtype(op, "verdict", verdictOrNull, DType.FLOAT32);
      Checks.shape(op, "verdict", verdictOrNull, Shape.of(VERDICT));
    }
  }

  /** Updates parameters and velocities. */
  protected abstract void runSgd(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> velocitiesOrNull,
      boolean first,
      Tensor numbers,
      Tensor verdictOrNull);

  /** Updates parameters, means and squares. */
  protected abstract void runAdam(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> means,
      List<Tensor> squares,
      Tensor numbers,
      Tensor verdictOrNull);

  /** Updates averages. */
  protected abstract void runAverage(
      List<Tensor> averages, List<Tensor> values, float decay, Tensor verdictOrNull);

  /** Writes the verdict, and scales the gradients. */
  protected abstract void runClip(
      Tensor losses, List<Tensor> gradients, double maxNorm, Tensor verdict);

  /** Returns the sum. */
  protected abstract double runSumOfSquares(List<Tensor> tensors);

  /** Updates tensors. */
  protected abstract void runScale(List<Tensor> tensors, float factor);
}
