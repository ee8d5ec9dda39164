package io.auxgrad.nn.optim;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.OptimizerOps;
import java.util.List;

/**
 * Stochastic gradient descent as PyTorch does it: {@code g += weightDecay * p; v = momentum * v +
 * (1 - dampening) * g} (at a parameter's first step {@code v = g}); {@code p -= learningRate *
 * (nesterov ? g + momentum * v : v)}. State: {@code velocity}, where there is momentum.
 */
public final class Sgd extends Optimizer {
  private final double momentum;
  private final double dampening;
  private final boolean nesterov;

  /** With momentum (0 for none), without dampening. */
  public Sgd(List<ParameterGroup> groups, double momentum) {
    this(groups, momentum, 0, false);
  }

  /**
   * With all options.
   *
   * @param momentum in {@code [0,1)}
   * @param dampening of the gradient that enters the momentum
   * @param nesterov look ahead (Sutskever et al., 2013); needs momentum and no dampening
   */
  public Sgd(List<ParameterGroup> groups, double momentum, double dampening, boolean nesterov) {
    super(groups, momentum == 0 ? List.of() : List.of("velocity"), OptimizerOps.Sgd.NUMBERS);
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("Sgd: momentum " + momentum + " must be in [0,1)");
    }
    if (nesterov && (momentum == 0 || dampening != 0)) {
      throw new IllegalArgumentException("Sgd: Nesterov needs momentum and no dampening");
    }
    this.momentum = momentum;
    this.dampening = dampening;
    this.nesterov = nesterov;
  }

  @Override
  protected float[] numbers(ParameterGroup group, long number) {
    return new OptimizerOps.Sgd(
            (float) group.learningRate(),
            (float) momentum,
            (float) dampening,
            nesterov,
            (float) group.weightDecay())
        .numbers();
  }

  @Override
  protected void update(StepBatch batch, Tensor numbers, Tensor verdictOrNull) {
    Backends.of(batch.values().getFirst())
        .optimizer()
        .sgd(
            batch.values(),
            batch.gradients(),
            momentum == 0 ? null : batch.remembered(0),
            batch.isFirst(),
            numbers,
            verdictOrNull);
  }
}
