package io.auxgrad.mtl.network;

import io.auxgrad.mtl.tasks.Task;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * What a {@link MultiTaskNetwork} is built of.
 *
 * @param width factor on the channels of the MobileNetV2 encoder; 1 for the published network
 * @param channels of the light-weight RefineNet decoder; 256 in the published network
 * @param outputs channels to predict by name of the task, in the order of the heads
 * @param auxiliary the auxiliary module, or null for none
 */
public record NetworkConfig(
    double width, int channels, SequencedMap<String, Integer> outputs, AuxiliaryOptions auxiliary) {
  /** Checks that there is a task. */
  public NetworkConfig {
    outputs = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(outputs));
    if (outputs.isEmpty() || channels < 1) {
      throw new IllegalArgumentException(
          "network: needs at least one task, got "
              + outputs
              + ", and positive channels, got "
              + channels);
    }
  }

  /** For the given tasks; {@code auxiliaryOrNull} adds the auxiliary module. */
  public static NetworkConfig of(
      double width, int channels, List<Task> tasks, AuxiliaryOptions auxiliaryOrNull) {
    SequencedMap<String, Integer> outputs = new LinkedHashMap<>();
    tasks.forEach(task -> outputs.put(task.name(), task.outputs()));
    return new NetworkConfig(width, channels, outputs, auxiliaryOrNull);
  }

  /** The same without the auxiliary module. */
  public NetworkConfig deployed() {
    return new NetworkConfig(width, channels, outputs, null);
  }
}
