package io.auxgrad.mtl.network;

import io.auxgrad.mtl.tasks.DepthTask;
import io.auxgrad.mtl.tasks.NormalsTask;
import io.auxgrad.mtl.tasks.SegmentationTask;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Context;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.List;

/** Networks for tests. The caller closes them. */
final class Networks {
  private Networks() {}

  /** The three tasks. */
  static List<Task> tasks(int classes, Penalty penalty) {
    return List.of(new SegmentationTask(classes), new DepthTask(penalty), new NormalsTask());
  }

  /** A narrow one for the three tasks, with 5 classes. */
  static MultiTaskNetwork narrow(long seed, AuxiliaryOptions auxiliaryOrNull) {
    List<Task> tasks = tasks(5, Penalty.BERHU);
    return new MultiTaskNetwork(
        Context.cpu(seed), NetworkConfig.of(0.25, 16, tasks, auxiliaryOrNull));
  }
}
