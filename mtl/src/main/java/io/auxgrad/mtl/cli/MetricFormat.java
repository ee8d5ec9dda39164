package io.auxgrad.mtl.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/** Metrics as text for people: shares in percent, lengths in metres, angles in degrees. */
final class MetricFormat {
  /** The one metric of each task that matters most. */
  static final List<String> MAIN = List.of("segmentation.miou", "depth.rmse", "normals.mean");

  private MetricFormat() {}

  /** For example {@code 41.3 %}, {@code 0.712 m}, {@code 24.3 deg}. */
  static String of(String name, double value) {
    String metric = name.substring(name.indexOf('.') + 1);
    return switch (metric) {
      case "miou", "pixel_accuracy", "mean_accuracy" -> percent(value);
      case "rmse", "sq_rel" -> String.format(Locale.ROOT, "%.3f m", value);
      case "mean", "median" -> String.format(Locale.ROOT, "%.2f deg", value);
      default ->
          metric.startsWith("delta_") || metric.startsWith("within_")
              ? percent(value)
              : String.format(Locale.ROOT, "%.4f", value);
    };
  }

  /** A line per metric: the network's figure and the trivial predictor's. */
  static String table(SequencedMap<String, Double> network, Map<String, Double> trivial) {
    StringBuilder table =
        new StringBuilder("%-30s %12s %12s%n".formatted("", "network", "trivial"));
    network.forEach((name, value) ->
        table.append(
            "%-30s %12s %12s%n".formatted(name, of(name, value), of(name, trivial.get(name)))));
    return table.toString().stripTrailing();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
