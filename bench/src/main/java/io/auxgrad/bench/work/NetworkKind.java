package io.auxgrad.bench.work;

import io.auxgrad.mtl.network.AuxiliaryOptions;
import io.auxgrad.mtl.network.DecoderOptions;
import io.auxgrad.mtl.network.EncoderOptions;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.network.NetworkConfig;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.backbones.ResNet;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.ops.Backend;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The networks that are measured, with their auxiliary module or without. */
@SuppressWarnings("ImmutableEnumChecker") // the options are records
public enum NetworkKind {
  /** MobileNetV2 with the light-weight RefineNet decoder. */
  MOBILENETV2(
      "mobilenetv2", new EncoderOptions.MobileNetV2(1), new DecoderOptions.RefineNet(256), true),
  /** The same without auxiliary module. */
  MOBILENETV2_PLAIN(
      "mobilenetv2-plain",
      new EncoderOptions.MobileNetV2(1),
      new DecoderOptions.RefineNet(256),
      false),
  /** ResNet-50 with DeepLabv3, without dropout, so that engines can be compared. */
  DEEPLABV3_RESNET50(
      "deeplabv3-resnet50",
      new EncoderOptions.ResNet(ResNet.Depth.RESNET50, 8, 1),
      new DecoderOptions.DeepLabV3(256, 0),
      true);

  private static final int AUXILIARY_CHANNELS = 64;
  private static final int SEED = 1;

  private final String label;
  private final EncoderOptions encoder;
  private final DecoderOptions decoder;
  private final boolean auxiliary;

  NetworkKind(String label, EncoderOptions encoder, DecoderOptions decoder, boolean auxiliary) {
    this.label = label;
    this.encoder = encoder;
    this.decoder = decoder;
    this.auxiliary = auxiliary;
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }

  /** The structure of its auxiliary module, if it has one. */
  public Optional<AuxiliaryOptions> auxiliary() {
    return auxiliary
        ? Optional.of(AuxiliaryOptions.standard(decoder.standardTaps(encoder), AUXILIARY_CHANNELS))
        : Optional.empty();
  }

  /** A network in training mode on the device of {@code backend}, with the same weights on each. */
  public MultiTaskNetwork create(List<Task> tasks, Backend backend) {
    return new MultiTaskNetwork(
        new Context(backend, new Philox(SEED, 0)),
        NetworkConfig.of(encoder, decoder, tasks, auxiliary().orElse(null)));
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
