package io.auxgrad.mtl.network;

import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.mtl.weighting.Weighting;
import io.auxgrad.nn.Scratch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The loss of a network: the weighting combines {@code L_t + lambda Laux_t} over the tasks {@code
 * t}.
 *
 * <p>With fixed weights {@code L = sum_t w_t (L_t + lambda Laux_t)}. A learned weighting sees the
 * same sums. {@code lambda} is open in the paper; 1 is what the authors' sibling code has.
 *
 * @param tasks in the order of the sum
 * @param weighting made for these tasks
 * @param lambda weight of the auxiliary losses beside the main ones, not negative
 */
public record MultiTaskLoss(List<Task> tasks, Weighting weighting, float lambda) {
  /** Checks the range. */
  public MultiTaskLoss {
    tasks = List.copyOf(tasks);
    if (!(lambda >= 0)) {
      throw new IllegalArgumentException(
          "auxiliary module: lambda " + lambda + " must not be negative");
    }
  }

  /** The losses of {@code outputs} for the labels of {@code batch}. */
  public Losses of(Outputs outputs, Batch batch) {
    SequencedMap<String, Variable> main = new LinkedHashMap<>();
    SequencedMap<String, Variable> auxiliary = new LinkedHashMap<>();
    SequencedMap<String, Variable> sums = new LinkedHashMap<>();
    for (Task task : tasks) {
      String name = task.name();
      Variable loss = Scratch.run(() -> task.loss(outputs.main().get(name), batch));
      main.put(name, loss);
      Variable output = outputs.auxiliary().get(name);
      if (output != null) {
        Variable auxiliaryLoss = Scratch.run(() -> task.loss(output, batch));
        auxiliary.put(name, auxiliaryLoss);
        loss = loss.plus(auxiliaryLoss.times(lambda));
      }
      sums.put(name, loss);
    }
    return new Losses(weighting.combine(sums), main, auxiliary);
  }
}
