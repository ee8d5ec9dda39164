package io.auxgrad.mtl.network;

import java.util.List;

/**
 * The structure of the {@link AuxiliaryModule}.
 *
 * @param taps names of the shared feature maps it looks at: of the encoder ({@code l3} to {@code
 *     l8} of MobileNetV2, {@code c2} to {@code c5} of a ResNet) and of the decoder ({@code crp4} to
 *     {@code crp1} of RefineNet, after its chained pooling; {@code aspp} of DeepLabv3); one tap
 *     alone is plain deep supervision
 * @param sharing whether each task has a stream of its own
 * @param direction in which the streams walk; taps of the same stride in the order given
 * @param fusion how a stream takes in the next map
 * @param channels of the streams
 */
public record AuxiliaryOptions(
    List<String> taps, Sharing sharing, Direction direction, Fusion fusion, int channels) {
  /** Who has a stream. */
  public enum Sharing {
    /** Each task. */
    PER_TASK,
    /** All tasks together; only the heads are their own. */
    SHARED
  }

  /** The order of the maps. */
  public enum Direction {
    /** From the largest stride to the smallest. */
    COARSE_TO_FINE,
    /** From the smallest stride to the largest. */
    FINE_TO_COARSE
  }

  /** How the stream {@code h} and the next map {@code O} become one. */
  public enum Fusion {
    /** {@code ReLU(h + BN(conv1x1(O)))}. */
    SUM,
    /** {@code ReLU(BN(conv1x1([h, O])))}. */
    CONCAT
  }

  /** Checks the ranges. */
  public AuxiliaryOptions {
    taps = List.copyOf(taps);
    if (taps.isEmpty() || taps.stream().distinct().count() != taps.size()) {
      throw new IllegalArgumentException(
          "auxiliary module: taps " + taps + " must be at least one, none twice");
    }
    if (channels < 1) {
      throw new IllegalArgumentException(
          "auxiliary module: channels " + channels + " must be positive");
    }
  }

  /**
   * Our default for the RefineNet decoder: a stream per task over its four maps, coarse to fine, by
   * sum.
   */
  public static AuxiliaryOptions standard(int channels) {
    return standard(List.of("crp4", "crp3", "crp2", "crp1"), channels);
  }

  /** Our default over other maps, such as {@link DecoderOptions#standardTaps}. */
  public static AuxiliaryOptions standard(List<String> taps, int channels) {
    return new AuxiliaryOptions(
        taps, Sharing.PER_TASK, Direction.COARSE_TO_FINE, Fusion.SUM, channels);
  }
}
