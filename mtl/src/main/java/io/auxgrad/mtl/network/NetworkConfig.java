package io.auxgrad.mtl.network;

import io.auxgrad.mtl.tasks.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * What a {@link MultiTaskNetwork} is built of.
 *
 * <pre>{@code
 * var deepLab = NetworkConfig.of(
 *     new EncoderOptions.ResNet(Depth.RESNET50, 8, 1), new DecoderOptions.DeepLabV3(256, 0.5), tasks, null);
 * var refineNet = NetworkConfig.of(
 *     new EncoderOptions.MobileNetV2(1), new DecoderOptions.RefineNet(256), tasks, AuxiliaryOptions.standard(64));
 * }</pre>
 *
 * @param encoder the shared feature extractor
 * @param decoder what makes the map that all heads take from the encoder's
 * @param outputs channels to predict by name of the task, in the order of the heads
 * @param auxiliary the auxiliary module, or null for none
 */
public record NetworkConfig(
    EncoderOptions encoder,
    DecoderOptions decoder,
    SequencedMap<String, Integer> outputs,
    AuxiliaryOptions auxiliary) {
  /** The one output stride that the RefineNet decoder takes. */
  public static final int REFINENET_OUTPUT_STRIDE = 32;

  /** Checks that there is a task, that encoder and decoder go together, and that the taps exist. */
  public NetworkConfig {
    outputs = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(outputs));
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("network: needs at least one task");
    }
    if (decoder instanceof DecoderOptions.RefineNet
        && encoder.outputStride() != REFINENET_OUTPUT_STRIDE) {
      throw new IllegalArgumentException(
          "network: the encoder has output stride %d; the refinenet decoder takes maps down to stride %d"
              .formatted(encoder.outputStride(), REFINENET_OUTPUT_STRIDE));
    }
    if (auxiliary != null) {
      requireMaps(auxiliary.taps(), maps(encoder, decoder));
    }
  }

  private static void requireMaps(List<String> taps, List<String> maps) {
    for (String tap : taps) {
      if (!maps.contains(tap)) {
        throw new IllegalArgumentException(
            "auxiliary module: no feature map '%s' to tap; there are %s".formatted(tap, maps));
      }
    }
  }

  /** For the given tasks; {@code auxiliaryOrNull} adds the auxiliary module. */
  public static NetworkConfig of(
      EncoderOptions encoder,
      DecoderOptions decoder,
      List<Task> tasks,
      AuxiliaryOptions auxiliaryOrNull) {
    SequencedMap<String, Integer> outputs = new LinkedHashMap<>();
    tasks.forEach(task -> outputs.put(task.name(), task.outputs()));
    return new NetworkConfig(encoder, decoder, outputs, auxiliaryOrNull);
  }

  /**
   * The multi-task light-weight RefineNet (Nekrasov et al., ICRA 2019).
   *
   * @param width factor on the channels of its MobileNetV2 encoder; 1 for the published network
   * @param channels of its decoder; 256 in the published network
   */
  public static NetworkConfig of(
      double width, int channels, List<Task> tasks, AuxiliaryOptions auxiliaryOrNull) {
    return of(
        new EncoderOptions.MobileNetV2(width),
        new DecoderOptions.RefineNet(channels),
        tasks,
        auxiliaryOrNull);
  }

  /** Names of the feature maps that an auxiliary module can tap, in the order they are made. */
  public static List<String> maps(EncoderOptions encoder, DecoderOptions decoder) {
    List<String> maps = new ArrayList<>(encoder.maps());
    maps.addAll(decoder.maps());
    return maps;
  }

  /** The same without the auxiliary module. */
  public NetworkConfig deployed() {
    return new NetworkConfig(encoder, decoder, outputs, null);
  }
}
