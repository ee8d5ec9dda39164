package io.auxgrad.mtl.config;

import io.auxgrad.mtl.network.DecoderOptions;
import io.auxgrad.mtl.network.EncoderOptions;
import io.auxgrad.mtl.network.NetworkConfig;
import io.auxgrad.nn.backbones.ResNet.Depth;
import java.util.List;

/**
 * The network that is deployed.
 *
 * @param encoder the shared feature extractor
 * @param decoder what makes the map that the heads take
 * @param outputStride of the encoder's coarsest map: 8, 16 or 32 of a ResNet
 * @param width factor on the encoder's channels, 1 for the published network
 * @param channels of the shared decoder
 * @param dropout probability behind the context module of DeepLabv3
 */
public record ModelConfig(
    Encoder encoder,
    Decoder decoder,
    int outputStride,
    double width,
    int channels,
    double dropout) {
  private static final List<Integer> OUTPUT_STRIDES = List.of(8, 16, 32);

  /** Known encoders. */
  public enum Encoder {
    /** MobileNetV2 (Sandler et al., 2018). */
    MOBILENETV2,
    /** ResNet of 18 layers (He et al., 2016). */
    RESNET18,
    /** ResNet of 34 layers. */
    RESNET34,
    /** ResNet of 50 layers. */
    RESNET50,
    /** ResNet of 101 layers. */
    RESNET101
  }

  /** Known decoders. */
  public enum Decoder {
    /** Light-weight RefineNet (Nekrasov et al., 2018). */
    REFINENET,
    /** Atrous spatial pyramid pooling and plain heads (Chen et al., 2017). */
    DEEPLABV3
  }

  /** Checks the ranges, and that the parts go together. */
  public ModelConfig {
    Require.between("model.width", width, 0.1, 4);
    Require.between("model.channels", channels, 8, 2048);
    Require.between("model.dropout", dropout, 0, 0.99);
    if (!OUTPUT_STRIDES.contains(outputStride)) {
      throw outputStride(outputStride, "choose from 8, 16, 32");
    }
    int only = NetworkConfig.REFINENET_OUTPUT_STRIDE;
    if (encoder == Encoder.MOBILENETV2 && outputStride != only) {
      throw outputStride(
          outputStride, "model.encoder=mobilenetv2 has %d only: take a resnet".formatted(only));
    }
    if (decoder == Decoder.REFINENET && outputStride != only) {
      throw outputStride(
          outputStride, "model.decoder=refinenet takes %d only: take deeplabv3".formatted(only));
    }
  }

  private static ConfigException outputStride(int value, String remedy) {
    return new ConfigException("model.output_stride", "is " + value + "; " + remedy);
  }

  /** The encoder as the network wants it. */
  public EncoderOptions encoderOptions() {
    return switch (encoder) {
      case MOBILENETV2 -> new EncoderOptions.MobileNetV2(width);
      case RESNET18 -> resNet(Depth.RESNET18);
      case RESNET34 -> resNet(Depth.RESNET34);
      case RESNET50 -> resNet(Depth.RESNET50);
      case RESNET101 -> resNet(Depth.RESNET101);
    };
  }

  private EncoderOptions resNet(Depth depth) {
    return new EncoderOptions.ResNet(depth, outputStride, width);
  }

  /** The decoder as the network wants it. */
  public DecoderOptions decoderOptions() {
    return switch (decoder) {
      case REFINENET -> new DecoderOptions.RefineNet(channels);
      case DEEPLABV3 -> new DecoderOptions.DeepLabV3(channels, dropout);
    };
  }
}
