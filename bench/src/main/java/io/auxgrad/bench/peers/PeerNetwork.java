package io.auxgrad.bench.peers;

import io.auxgrad.mtl.network.AuxiliaryOptions;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.network.NetworkConfig;
import io.auxgrad.mtl.tasks.DepthTask;
import io.auxgrad.mtl.tasks.NormalsTask;
import io.auxgrad.mtl.tasks.SegmentationTask;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Context;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.List;
import java.util.Map;

/** What all engines run: MobileNetV2, light-weight RefineNet, three tasks, auxiliary module. */
final class PeerNetwork {
  static final int CLASSES = 13;
  static final float LAMBDA = 1;
  static final AuxiliaryOptions AUXILIARY = AuxiliaryOptions.standard(64);
  static final List<Task> TASKS =
      List.of(new SegmentationTask(CLASSES), new DepthTask(Penalty.BERHU), new NormalsTask());

  static final Map<String, Double> WEIGHTS =
      Map.of("segmentation", 1.0, "depth", 1.0, "normals", 1.0);

  private PeerNetwork() {}

  /** With the same weights each time. */
  static MultiTaskNetwork create() {
    return new MultiTaskNetwork(Context.cpu(1), NetworkConfig.of(1.0, 256, TASKS, AUXILIARY));
  }
}
