package io.auxgrad.mtl.config;

/**
 * The network that is deployed.
 *
 * @param encoder the shared feature extractor
 * @param width factor on the encoder's channels, 1 for the published network
 * @param channels of the shared decoder
 */
public record ModelConfig(Encoder encoder, double width, int channels) {
  /** Known encoders. */
  public enum Encoder {
    /** MobileNetV2 (Sandler et al., 2018). */
    MOBILENETV2
  }

  /** Checks the range. */
  public ModelConfig {
    Require.between("model.width", width, 0.1, 4);
    Require.between("model.channels", channels, 8, 2048);
  }
}
