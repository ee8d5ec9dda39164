package io.auxgrad.mtl.network;

import io.auxgrad.nn.backbones.ResNet.Depth;
import java.util.List;

/** The shared feature extractor of a {@link MultiTaskNetwork}. */
public sealed interface EncoderOptions {
  /**
   * MobileNetV2 (Sandler et al., CVPR 2018).
   *
   * @param width factor on the channels; 1 for the published network
   */
  record MobileNetV2(double width) implements EncoderOptions {
    @Override
    public int outputStride() {
      return 32;
    }

    @Override
    public List<String> maps() {
      return List.of("l3", "l4", "l5", "l6", "l7", "l8");
    }
  }

  /**
   * ResNet (He et al., CVPR 2016).
   *
   * @param depth which of the published networks
   * @param outputStride of the coarsest map: 8, 16, or 32 for the published network
   * @param width factor on the channels; 1 for the published network
   */
  record ResNet(Depth depth, int outputStride, double width) implements EncoderOptions {
    @Override
    public List<String> maps() {
      return List.of("c2", "c3", "c4", "c5");
    }
  }

  /** How much smaller than the image the coarsest map is. */
  int outputStride();

  /** Names of the feature maps, finest first. */
  List<String> maps();
}
