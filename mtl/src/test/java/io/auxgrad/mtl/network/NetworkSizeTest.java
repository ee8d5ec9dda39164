package io.auxgrad.mtl.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Context;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The published size of the multi-task light-weight RefineNet: 3.07 million parameters, 5.94
 * billion multiply-accumulates in the convolutions at 640x480.
 */
@ExtendWith(NoLeaks.class)
final class NetworkSizeTest {
  private static final List<Task> THREE = Networks.tasks(40, Penalty.BERHU);

  private static MultiTaskNetwork published(List<Task> tasks, AuxiliaryOptions auxiliaryOrNull) {
    return new MultiTaskNetwork(Context.cpu(1), NetworkConfig.of(1, 256, tasks, auxiliaryOrNull));
  }

  @Test
  void twoTasks() {
    try (var network = published(THREE.subList(0, 2), null)) {
      ModelSummary summary = ModelSummary.of(network, 480, 640);
      long heads = 92_456L + 2_561L;
      assertEquals(
          Map.of("encoder", 1_812_800L, "decoder", 1_162_240L, "heads", heads),
          summary.parameters());
      assertEquals(3_070_057, summary.totalParameters());
      assertEquals(3_070_057, network.parameterCount());
      long encoder = 1_789_401_600L;
      long decoder = 2_327_347_200L;
      long segmentation = 1_774_387_200L;
      long depth = 49_152_000L;
      assertEquals(encoder + decoder + segmentation + depth, summary.macs());
      assertEquals(5_940_288_000L, summary.macs());
    }
  }

  @Test
  void threeTasks() {
    try (var network = published(THREE, null)) {
      assertEquals(3_077_228, network.parameterCount());
    }
  }

  @Test
  void theAuxiliaryModuleIsGoneWhenDeployed() {
    try (var network = published(THREE, AuxiliaryOptions.standard(64));
        var deployed = network.deploy()) {
      long auxiliary = network.children().get("auxiliary").parameterCount();
      assertEquals(3_077_228 + auxiliary, network.parameterCount());
      assertEquals(3_077_228, deployed.parameterCount());
      assertEquals(
          ModelSummary.of(network, 120, 160).macs(), ModelSummary.of(deployed, 120, 160).macs());
    }
  }
}
