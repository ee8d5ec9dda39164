package io.auxgrad.mtl.network;

import java.util.List;

/** What makes the map that all heads take from those of the encoder, and the form of the heads. */
public sealed interface DecoderOptions {
  /**
   * The shared decoder of the multi-task light-weight RefineNet (Nekrasov et al., ICRA 2019), for
   * encoders of output stride 32. Its map has stride 4.
   *
   * @param channels of all its maps; 256 in the published network
   */
  record RefineNet(int channels) implements DecoderOptions {
    /** Checks the range. */
    public RefineNet {
      requirePositive(channels);
    }

    @Override
    public List<String> maps() {
      return List.of("crp4", "crp3", "crp2", "crp1");
    }

    @Override
    public List<String> standardTaps(EncoderOptions encoder) {
      return maps();
    }
  }

  /**
   * The context module of DeepLabv3, atrous spatial pyramid pooling (Chen et al., "Rethinking
   * atrous convolution for semantic image segmentation", 2017), and its plain heads. Its map has
   * the encoder's output stride.
   *
   * @param channels of its map and of the heads; 256 in the published network
   * @param dropout probability behind it; 0.5 in torchvision, 0.1 in the authors' code
   */
  record DeepLabV3(int channels, double dropout) implements DecoderOptions {
    /** Checks the ranges. */
    public DeepLabV3 {
      requirePositive(channels);
      if (!(dropout >= 0 && dropout < 1)) {
        throw new IllegalArgumentException("deeplabv3: dropout " + dropout + " must be in [0,1)");
      }
    }

    @Override
    public List<String> maps() {
      return List.of("aspp");
    }

    @Override
    public List<String> standardTaps(EncoderOptions encoder) {
      return encoder.maps().reversed();
    }
  }

  /** Names of its feature maps, coarsest first. */
  List<String> maps();

  /**
   * What the auxiliary module taps unless told otherwise, coarsest first: the maps of the RefineNet
   * decoder; with DeepLabv3, which has but one, those of the encoder. Both are our choice.
   */
  List<String> standardTaps(EncoderOptions encoder);

  private static void requirePositive(int channels) {
    if (channels < 1) {
      throw new IllegalArgumentException("decoder: channels " + channels + " must be positive");
    }
  }
}
