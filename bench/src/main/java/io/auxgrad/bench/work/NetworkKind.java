package io.auxgrad.bench.work;

import io.auxgrad.mtl.network.AuxiliaryOptions;
import io.auxgrad.mtl.network.DecoderOptions;
import io.auxgrad.mtl.network.EncoderOptions;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.network.NetworkConfig;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.backbones.ResNet;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The networks that are measured, each with its auxiliary module. */
@SuppressWarnings("ImmutableEnumChecker") // the options are records
public enum NetworkKind {
  /** MobileNetV2 with the light-weight RefineNet decoder. */
  MOBILENETV2("mobilenetv2", new EncoderOptions.MobileNetV2(1), new DecoderOptions.RefineNet(256)),
  /** ResNet-50 with DeepLabv3, without dropout, so that engines can be compared. */
  DEEPLABV3_RESNET50(
      "deeplabv3-resnet50",
      new EncoderOptions.ResNet(ResNet.Depth.RESNET50, 8, 1),
      new DecoderOptions.DeepLabV3(256, 0));

  private static final int AUXILIARY_CHANNELS = 64;

  private final String label;
  private final EncoderOptions encoder;
  private final DecoderOptions decoder;

  NetworkKind(String label, EncoderOptions encoder, DecoderOptions decoder) {
    this.label = label;
    this.encoder = encoder;
    this.decoder = decoder;
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }

  /** The structure of its auxiliary module. */
  public AuxiliaryOptions auxiliary() {
    return AuxiliaryOptions.standard(decoder.standardTaps(encoder), AUXILIARY_CHANNELS);
  }

  /** A network in training mode, with the same weights each time. */
  public MultiTaskNetwork create(List<Task> tasks) {
    return new MultiTaskNetwork(
        Context.cpu(1), NetworkConfig.of(encoder, decoder, tasks, auxiliary()));
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
