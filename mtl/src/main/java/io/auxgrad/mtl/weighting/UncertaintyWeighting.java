package io.auxgrad.mtl.weighting;

import io.auxgrad.autograd.PointwiseGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Parameter;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Weighting by the homoscedastic uncertainty {@code sigma_t} of each task (Kendall, Gal, Cipolla:
 * "Multi-task learning using uncertainty to weigh losses for scene geometry and semantics", CVPR
 * 2018).
 *
 * <p>A regression (Gaussian likelihood) adds {@code L/(2 sigma^2) + ln sigma}, a classification
 * (softmax scaled by {@code sigma^2}) adds {@code L/sigma^2 + ln sigma}. Learned is {@code s = ln
 * sigma^2}, which needs no bound: {@code e^-s L/2 + s/2} and {@code e^-s L + s/2}; {@code s} starts
 * at 0. The total may become negative.
 */
public final class UncertaintyWeighting extends Weighting {
  private final SequencedMap<String, Double> scales = new LinkedHashMap<>();
  private final SequencedMap<String, Parameter> logVariances = new LinkedHashMap<>();

  /** For the given tasks, all starting with {@code sigma = 1}. */
  public UncertaintyWeighting(Context context, List<Task> tasks) {
    for (Task task : tasks) {
      scales.put(task.name(), task.kind() == Task.Kind.REGRESSION ? 0.5 : 1);
      Tensor zero = Tensor.of(context.memory(), Shape.scalar(), 0);
      logVariances.put(task.name(), parameter(task.name(), zero));
    }
  }

  @Override
  public Variable combine(Map<String, Variable> losses) {
    return sum(scales.keySet(), losses, this::term);
  }

  private Variable term(String task, Variable loss) {
    Variable s = logVariances.get(task).variable();
    Variable precision = PointwiseGradients.unary(UnaryOp.EXP, s.times(-1));
    return loss.times(precision).times(scales.get(task).floatValue()).plus(s.times(0.5f));
  }

  @Override
  public SequencedMap<String, Double> weights() {
    SequencedMap<String, Double> weights = new LinkedHashMap<>();
    logVariances.forEach(
        (task, s) -> weights.put(task, scales.get(task) * Math.exp(-s.value().item())));
    return weights;
  }
}
