package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.config.ConfigBuilder;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.nn.Precision;
import io.auxgrad.tensor.ops.Backend;
import java.util.Locale;
import picocli.CommandLine.Option;

/** What a network computes in, for the commands that run one. */
final class PrecisionOption {
  @Option(
      names = "--precision",
      paramLabel = "fp32|tf32|bf16",
      description = {
        "What the network computes in; if not given, the run's, which is fp32 unless configured.",
        "tf32 is for NVIDIA's GPUs from Ampere on, and multiplies with 11 significant bits.",
        "bf16 is faster where the processor has avx512_bf16 or AMX, and no faster elsewhere."
      })
  private Precision precision;

  /** Puts the precision into a configuration, if it was given. */
  void apply(ConfigBuilder builder) {
    if (precision != null) {
      builder.set("precision", precision, "--precision");
    }
  }

  /** Lets a trained network compute in the precision, if it was given; warns where that is slow. */
  void apply(MultiTaskNetwork network, Backend backend, Output output) {
    if (precision != null) {
      network.precision(precision);
    }
    warnIfSlow(network.precision(), backend, output);
  }

  /** Says what is computed in. */
  static void announce(Precision precision, Backend backend, Output output) {
    output.note("precision: " + precision.name().toLowerCase(Locale.ROOT));
    warnIfSlow(precision, backend, output);
  }

  private static void warnIfSlow(Precision precision, Backend backend, Output output) {
    if (precision == Precision.BF16 && !backend.multipliesBfloat16()) {
      output.warn(
          "this processor has no instructions for bfloat16 (avx512_bf16 or AMX): bf16 is no faster"
              + " here than --precision fp32");
    }
  }
}
