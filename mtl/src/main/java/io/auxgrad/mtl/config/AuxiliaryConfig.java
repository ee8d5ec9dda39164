package io.auxgrad.mtl.config;

import io.auxgrad.mtl.network.AuxiliaryOptions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The auxiliary module of "Auxiliary Learning for Deep Multi-task Learning" (arXiv 1909.02214).
 *
 * @param enabled whether it takes part in training
 * @param lambda weight of its losses beside those of the network
 * @param taps shared feature maps it looks at: of the encoder {@code l3} to {@code l8}, of the
 *     decoder {@code crp4} to {@code crp1}
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
  private static final Set<String> TAPS =
      Set.of("l3", "l4", "l5", "l6", "l7", "l8", "crp4", "crp3", "crp2", "crp1");

  /** Checks the range. */
  public AuxiliaryConfig {
    taps = List.copyOf(taps);
    Require.notNegative("auxiliary.lambda", lambda);
    Require.between("auxiliary.channels", channels, 4, 2048);
    if (taps.isEmpty() || !TAPS.containsAll(taps) || Set.copyOf(taps).size() != taps.size()) {
      throw new ConfigException(
          "auxiliary.taps",
          "is " + taps + "; list some of " + new TreeSet<>(TAPS) + ", none twice");
    }
  }

  /** The structure of the module; null where it is off. */
  public AuxiliaryOptions options() {
    return enabled ? new AuxiliaryOptions(taps, sharing, direction, fusion, channels) : null;
  }
}
