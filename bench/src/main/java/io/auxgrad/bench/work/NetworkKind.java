package io.auxgrad.bench.work;

import io.auxgrad.mtl.network.AuxiliaryOptions;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.network.NetworkConfig;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Context;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The networks that are measured, each with its auxiliary module. */
public enum NetworkKind {
  /** MobileNetV2 with the light-weight RefineNet decoder. */
  MOBILENETV2("mobilenetv2", AuxiliaryOptions.standard(64)) {
    @Override
    NetworkConfig config(List<Task> tasks) {
      return NetworkConfig.of(1.0, 256, tasks, auxiliary());
    }
  };

  private final String label;
  private final AuxiliaryOptions auxiliary;

  NetworkKind(String label, AuxiliaryOptions auxiliary) {
    this.label = label;
    this.auxiliary = auxiliary;
  }

  abstract NetworkConfig config(List<Task> tasks);

  /** The name on the command line. */
  public String label() {
    return label;
  }

  /** The structure of its auxiliary module. */
  public AuxiliaryOptions auxiliary() {
    return auxiliary;
  }

  /** A network in training mode, with the same weights each time. */
  public MultiTaskNetwork create(List<Task> tasks) {
    return new MultiTaskNetwork(Context.cpu(1), config(tasks));
  }

  /**
   * The network called {@code label}.
   *
   * @throws IllegalArgumentException naming those that there are
   */
  public static NetworkKind of(String label) {
    return Arrays.stream(values())
        .filter(kind -> kind.label.equals(label))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "there is no network " + label + "; there is " + labels()));
  }

  private static String labels() {
    return Arrays.stream(values()).map(NetworkKind::label).collect(Collectors.joining(", "));
  }
}
