package io.auxgrad.mtl.network;

import io.auxgrad.mtl.tasks.DepthTask;
import io.auxgrad.mtl.tasks.NormalsTask;
import io.auxgrad.mtl.tasks.SegmentationTask;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.backbones.ResNet.Depth;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.List;

/** Networks for tests. The caller closes them. */
final class Networks {
  private Networks() {}

  /** The three tasks. */
  static List<Task> tasks(int classes, Penalty penalty) {
    return List.of(new SegmentationTask(classes), new DepthTask(penalty), new NormalsTask());
  }

  /** Narrow ones for the three tasks, with 5 classes: each encoder with each decoder. */
  enum Narrow {
    MOBILENET_REFINENET(new EncoderOptions.MobileNetV2(0.25), new DecoderOptions.RefineNet(16), 4),
    MOBILENET_DEEPLAB(
        new EncoderOptions.MobileNetV2(0.25), new DecoderOptions.DeepLabV3(8, 0.5), 32),
    RESNET_REFINENET(
        new EncoderOptions.ResNet(Depth.RESNET50, 32, 1.0 / 16),
        new DecoderOptions.RefineNet(16),
        4),
    RESNET_DEEPLAB(
        new EncoderOptions.ResNet(Depth.RESNET18, 8, 1.0 / 8),
        new DecoderOptions.DeepLabV3(8, 0.5),
        8);

    private final EncoderOptions encoder;
    private final DecoderOptions decoder;
    private final int stride;

    Narrow(EncoderOptions encoder, DecoderOptions decoder, int stride) {
      this.encoder = encoder;
      this.decoder = decoder;
      this.stride = stride;
    }

    /** The stride of the outputs. */
    int stride() {
      return stride;
    }

    /** Names of the maps that are tapped. */
    List<String> taps() {
      return decoder.standardTaps(encoder);
    }

    /** With the auxiliary module. */
    MultiTaskNetwork network(long seed) {
      return network(seed, AuxiliaryOptions.standard(taps(), 8));
    }

    /** Without the auxiliary module. */
    MultiTaskNetwork plain(long seed) {
      return network(seed, null);
    }

    private MultiTaskNetwork network(long seed, AuxiliaryOptions auxiliaryOrNull) {
      List<Task> tasks = tasks(5, Penalty.BERHU);
      return new MultiTaskNetwork(
          Context.cpu(seed), NetworkConfig.of(encoder, decoder, tasks, auxiliaryOrNull));
    }
  }

  /** A narrow light-weight RefineNet for the three tasks, with 5 classes. */
  static MultiTaskNetwork narrow(long seed, AuxiliaryOptions auxiliaryOrNull) {
    List<Task> tasks = tasks(5, Penalty.BERHU);
    return new MultiTaskNetwork(
        Context.cpu(seed), NetworkConfig.of(0.25, 16, tasks, auxiliaryOrNull));
  }
}
