package io.auxgrad.mtl.weighting;

import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Module;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Makes one loss of the tasks' losses.
 *
 * <p>What it learns are its {@link #parameters()}, a scalar per task, named like the task: give
 * them to the optimiser in a group of their own with weight decay 0, which would pull the weights
 * of all tasks up.
 */
public abstract class Weighting extends Module {
  /**
   * The loss to minimise. A part of a training's recorded step, as the {@linkplain
   * io.auxgrad.mtl.tasks.Task#loss losses} are: it reads no values of tensors.
   *
   * @param losses scalar by name of the task, for all tasks this was made for and no others
   */
  public abstract Variable combine(Map<String, Variable> losses);

  /** The factors in front of the losses now, by name of the task: for logs. */
  public abstract SequencedMap<String, Double> weights();

  /** The term of one task. */
  @FunctionalInterface
  interface Term {
    Variable of(String task, Variable loss);
  }

  /** The terms of all losses, which must be those of {@code tasks}, added up. */
  final Variable sum(Set<String> tasks, Map<String, Variable> losses, Term term) {
    if (!losses.keySet().equals(tasks)) {
      throw new IllegalArgumentException(
          "weighting: made for the tasks " + tasks + ", got losses of " + losses.keySet());
    }
    Variable total = null;
    for (Map.Entry<String, Variable> e : losses.entrySet()) {
      Variable next = term.of(e.getKey(), e.getValue());
      total = total == null ? next : total.plus(next);
    }
    return total;
  }
}
