package io.auxgrad.mtl.config;

import io.auxgrad.mtl.network.AuxiliaryOptions;
import io.auxgrad.mtl.network.DecoderOptions;
import io.auxgrad.mtl.network.NetworkConfig;
import java.util.List;
import java.util.Set;

/**
 * The auxiliary module of "Auxiliary Learning for Deep Multi-task Learning" (arXiv 1909.02214).
 *
 * @param enabled whether it takes part in training
 * @param lambda weight of its losses beside those of the network
 * @param taps shared feature maps it looks at, see {@link AuxiliaryOptions}; none for {@link
 *     DecoderOptions#standardTaps}
 * @param sharing a stream per task, or one for all
 * @param direction in which the streams walk over the taps
 * @param fusion how a stream takes in the next map
 * @param channels of the streams
 */
public record AuxiliaryConfig(
    boolean enabled,
    double lambda,
    List<String> taps,
    AuxiliaryOptions.Sharing sharing,
    AuxiliaryOptions.Direction direction,
    AuxiliaryOptions.Fusion fusion,
    int channels) {
  /** Checks the range. */
  public AuxiliaryConfig {
    taps = List.copyOf(taps);
    Require.notNegative("auxiliary.lambda", lambda);
    Require.between("auxiliary.channels", channels, 4, 2048);
    if (Set.copyOf(taps).size() != taps.size()) {
      throw new ConfigException("auxiliary.taps", "is " + taps + "; list none twice");
    }
  }

  /** Checks that the network of {@code model} has what is tapped. */
  void requireTaps(ModelConfig model) {
    List<String> maps = NetworkConfig.maps(model.encoderOptions(), model.decoderOptions());
    if (!maps.containsAll(taps)) {
      throw new ConfigException(
          "auxiliary.taps",
          "is %s; this model's encoder and decoder have %s: list some of them, or [] for %s"
              .formatted(taps, maps, standardTaps(model)));
    }
  }

  /** The structure of the module on the network of {@code model}; null where it is off. */
  public AuxiliaryOptions options(ModelConfig model) {
    return enabled
        ? new AuxiliaryOptions(
            taps.isEmpty() ? standardTaps(model) : taps, sharing, direction, fusion, channels)
        : null;
  }

  // Taps of the same stride keep their order, so it has to be that of the walk.
  private List<String> standardTaps(ModelConfig model) {
    List<String> coarseToFine = model.decoderOptions().standardTaps(model.encoderOptions());
    return direction == AuxiliaryOptions.Direction.COARSE_TO_FINE
        ? coarseToFine
        : coarseToFine.reversed();
  }
}
