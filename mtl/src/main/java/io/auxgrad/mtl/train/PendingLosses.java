package io.auxgrad.mtl.train;

import io.auxgrad.nn.Parameter;
import io.auxgrad.tensor.Readout;
import io.auxgrad.tensor.ops.OptimizerOps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The losses of a step, on their way from the device.
 *
 * @param names of the losses
 * @param learning the parameters whose gradients were looked at
 * @param report the losses, and behind them the verdict of {@link OptimizerOps#clip}
 */
record PendingLosses(List<String> names, List<Parameter> learning, Readout report) {
  /** Whether they have arrived. */
  boolean isHere() {
    return report.isHere();
  }

  /**
   * The unweighted losses by name; waits until the device has made the step.
   *
   * @throws Diverged if a loss or gradient was not finite; no weight has changed by this step nor
   *     by those that were asked for since
   */
  SequencedMap<String, Double> await() throws Diverged {
    float[] values = report.awaitFloats();
    SequencedMap<String, Double> losses = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      if (!Float.isFinite(values[i])) {
        throw new Diverged("loss of " + names.get(i) + " is " + values[i]);
      }
      losses.put(names.get(i), (double) values[i]);
    }
    if (values[names.size() + OptimizerOps.HALTED] != 0) {
      int culprit = (int) values[names.size() + OptimizerOps.CULPRIT];
      throw new Diverged("gradient of " + learning.get(culprit).name() + " is not finite");
    }
    return losses;
  }
}
