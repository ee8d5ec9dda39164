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
 * {@code sum_t L_t / (2 c_t^2) + ln(1 + c_t^2)} with learned {@code c_t}, starting at 1 (Liebel,
 * Koerner: "Auxiliary tasks in multi-task learning", arXiv 1805.06334).
 *
 * <p>Unlike the logarithm of {@link UncertaintyWeighting}, the second term is never negative, so
 * for losses that are not negative neither is the total. For a constant loss the best factor is
 * {@code c^2 = (L + sqrt(L^2 + 8 L)) / 4}.
 */
public final class BoundedWeighting extends Weighting {
  private final SequencedMap<String, Parameter> scales = new LinkedHashMap<>();

  /** For the given tasks. */
  public BoundedWeighting(Context context, List<Task> tasks) {
    for (Task task : tasks) {
      Tensor one = Tensor.of(context.memory(), Shape.scalar(), 1);
      scales.put(task.name(), parameter(task.name(), one));
    }
  }

  @Override
  public Variable combine(Map<String, Variable> losses) {
    return sum(scales.keySet(), losses, this::term);
  }

  private Variable term(String task, Variable loss) {
    Variable square = scales.get(task).variable().square();
    Variable regulariser =
        PointwiseGradients.unary(UnaryOp.LOG, PointwiseGradients.affine(square, 1, 1));
    return loss.dividedBy(square.times(2)).plus(regulariser);
  }

  @Override
  public SequencedMap<String, Double> weights() {
    SequencedMap<String, Double> weights = new LinkedHashMap<>();
    scales.forEach((task, c) -> weights.put(task, 0.5 / Math.pow(c.value().item(), 2)));
    return weights;
  }
}
