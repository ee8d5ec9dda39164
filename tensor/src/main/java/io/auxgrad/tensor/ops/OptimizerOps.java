package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import java.util.Arrays;
import java.util.List;

/**
 * Optimiser steps in place over many float32 tensors at once; list element {@code i} of each list
 * belongs together.
 */
public abstract class OptimizerOps {
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
      float learningRate, float momentum, float dampening, boolean nesterov, float weightDecay) {}

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
   * @param velocities null without momentum
   * @param first true at the first step
   */
  public final void sgd(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> velocities,
      boolean first,
      Sgd settings) {
    sameSizes("sgd", parameters, gradients);
    if (settings.momentum() != 0) {
      sameSizes("sgd", parameters, velocities);
    }
    Launch.run(
        "optimizer.sgd",
        () -> runSgd(parameters, gradients, velocities, first, settings),
        Arrays.asList(parameters, gradients, velocities));
    parameters.forEach(Tensor::modified);
  }

  /**
   * PyTorch's Adam and AdamW, with bias correction.
   *
   * @param step number of this step, from 1
   */
  public final void adam(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> means,
      List<Tensor> squares,
      long step,
      Adam settings) {
    sameSizes("adam", parameters, gradients);
    sameSizes("adam", parameters, means);
    sameSizes("adam", parameters, squares);
    Launch.run(
        "optimizer.adam",
        () -> runAdam(parameters, gradients, means, squares, step, settings),
        Arrays.asList(parameters, gradients, means, squares));
    parameters.forEach(Tensor::modified);
  }

  /**
   * {@code average = decay * average + (1 - decay) * value}: exponential moving average of weights.
   */
  public final void average(List<Tensor> averages, List<Tensor> values, float decay) {
    sameSizes("average", averages, values);
    Launch.run(
        "optimizer.average",
        () -> runAverage(averages, values, decay),
        Arrays.asList(averages, values));
    averages.forEach(Tensor::modified);
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

  /** Updates parameters and velocities. */
  protected abstract void runSgd(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> velocities,
      boolean first,
      Sgd settings);

  /** Updates parameters, means and squares. */
  protected abstract void runAdam(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> means,
      List<Tensor> squares,
      long step,
      Adam settings);

  /** Updates averages. */
  protected abstract void runAverage(List<Tensor> averages, List<Tensor> values, float decay);

  /** Returns the sum. */
  protected abstract double runSumOfSquares(List<Tensor> tensors);

  /** Updates tensors. */
  protected abstract void runScale(List<Tensor> tensors, float factor);
}
