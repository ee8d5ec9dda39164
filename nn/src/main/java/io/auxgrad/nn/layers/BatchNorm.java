package io.auxgrad.nn.layers;

import io.auxgrad.autograd.NormalizationGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Layer;
import io.auxgrad.nn.Parameter;
import io.auxgrad.nn.init.Initializer;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;

/**
 * Batch normalisation over all axes but the last (Ioffe and Szegedy, 2015), with optional residual
 * and activation in the same pass.
 *
 * <p>Parameters {@code weight} (gamma, initially 1) and {@code bias} (beta, 0); buffers {@code
 * running_mean} (0) and {@code running_var} (1), all {@code [C]}. In training it normalises with
 * the batch and moves the running statistics (unbiased variance, as PyTorch); in inference, or
 * frozen, with the running ones.
 */
public final class BatchNorm extends Layer {
  /** Weight of the newest batch in the running statistics, unless given. */
  public static final float DEFAULT_MOMENTUM = 0.1f;

  /** Added to the variance, unless given. */
  public static final float DEFAULT_EPS = 1e-5f;

  private final float momentum;
  private final float eps;
  private final Parameter weight;
  private final Parameter bias;
  private final Tensor runningMean;
  private final Tensor runningVar;
  private boolean frozen;

  /** With momentum 0.1 and eps 1e-5. */
  public BatchNorm(Context context, int channels) {
    this(context, channels, DEFAULT_MOMENTUM, DEFAULT_EPS);
  }

  /**
   * With the given constants.
   *
   * @param momentum weight of the newest batch in the running statistics
   * @param eps added to the variance
   */
  public BatchNorm(Context context, int channels, float momentum, float eps) {
    if (channels < 1 || !(eps > 0) || !(momentum >= 0 && momentum <= 1)) {
      throw new IllegalArgumentException(
          "BatchNorm: channels %d and eps %s must be positive, momentum %s in [0,1]"
              .formatted(channels, eps, momentum));
    }
    this.momentum = momentum;
    this.eps = eps;
    Shape shape = Shape.of(channels);
    DeviceMemory memory = context.memory();
    weight = parameter("weight", Initializer.constant(1).create(memory, shape, context.random()));
    bias = parameter("bias", Initializer.constant(0).create(memory, shape, context.random()));
    runningMean =
        buffer("running_mean", Initializer.constant(0).create(memory, shape, context.random()));
    runningVar =
        buffer("running_var", Initializer.constant(1).create(memory, shape, context.random()));
  }

  @Override
  public Variable forward(Variable x) {
    return forward(x, null, Activation.IDENTITY);
  }

  /**
   * {@code activation(normalised(x) + residual)}; {@code residualOrNull} has the shape of {@code
   * x}.
   */
  public Variable forward(Variable x, Variable residualOrNull, Activation activation) {
    return NormalizationGradients.batchNorm(
        x,
        weight.variable(),
        bias.variable(),
        residualOrNull,
        runningMean,
        runningVar,
        momentum,
        eps,
        activation,
        isTraining() && !frozen);
  }

  /** Fixes weight, bias and the running statistics, also while training; or frees them again. */
  @Override
  public void freeze(boolean on) {
    super.freeze(on);
    frozen = on;
  }

  /** Whether the statistics are fixed. */
  public boolean isFrozen() {
    return frozen;
  }

  /** The scale gamma, {@code [C]}. */
  public Parameter weight() {
    return weight;
  }

  /** The shift beta, {@code [C]}. */
  public Parameter bias() {
    return bias;
  }

  /** The running mean, {@code [C]}. */
  public Tensor runningMean() {
    return runningMean;
  }

  /** The running variance, {@code [C]}. */
  public Tensor runningVar() {
    return runningVar;
  }

  /** Added to the variance. */
  public float eps() {
    return eps;
  }
}
