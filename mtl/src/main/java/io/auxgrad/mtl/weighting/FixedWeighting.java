package io.auxgrad.mtl.weighting;

import io.auxgrad.autograd.Variable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** {@code sum_t w_t L_t} with given weights. */
public final class FixedWeighting extends Weighting {
  private final SequencedMap<String, Double> weights;

  /** With a weight for each task, none negative. */
  public FixedWeighting(Map<String, Double> weights) {
    weights.forEach((task, w) -> {
      if (!(w >= 0) || w.isInfinite()) {
        throw new IllegalArgumentException(
            "weight " + w + " of task " + task + " must be finite and not negative");
      }
    });
    this.weights = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(weights));
  }

  @Override
  public Variable combine(Map<String, Variable> losses) {
    return sum(
        weights.keySet(), losses, (task, loss) -> loss.times(weights.get(task).floatValue()));
  }

  @Override
  public SequencedMap<String, Double> weights() {
    return weights;
  }
}
