package io.auxgrad.nn.optim;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.AdamStep;
import java.util.List;

/**
 * Adam with bias correction (Kingma and Ba, 2015), as PyTorch does it; weight decay is an L2
 * penalty added to the gradient. State: {@code mean} and {@code square}.
 */
public final class Adam extends Optimizer {
  private final AdamRule rule;

  /** With beta 0.9 and 0.999, eps 1e-8. */
  public Adam(List<ParameterGroup> groups) {
    this(groups, 0.9, 0.999, 1e-8);
  }

  /**
   * With the given constants.
   *
   * @param beta1 decay of the mean, in {@code [0,1)}
   * @param beta2 decay of the squared mean, in {@code [0,1)}
   * @param eps added to the root
   */
  public Adam(List<ParameterGroup> groups, double beta1, double beta2, double eps) {
    super(groups, AdamRule.KINDS, AdamStep.NUMBERS);
    rule = new AdamRule(beta1, beta2, eps, false);
  }

  @Override
  protected float[] numbers(ParameterGroup group, long number) {
    return rule.numbers(group, number);
  }

  @Override
  protected void update(StepBatch batch, Tensor numbers, Tensor verdictOrNull) {
    AdamRule.apply(batch, numbers, verdictOrNull);
  }
}
