package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.run.EpochRow;
import java.util.Map;

/** One line about a finished epoch. */
final class EpochLine {
  private EpochLine() {}

  static String of(EpochRow row, boolean selected) {
    StringBuilder line =
        new StringBuilder("epoch %d  loss %.3f".formatted(row.epoch(), row.losses().get("total")));
    if (row.score() != null) {
      line.append("  validation:");
      for (String name : MetricFormat.MAIN) {
        append(line, name, row.validation());
      }
      line.append("  score %.3f%s".formatted(row.score(), selected ? " (selected)" : ""));
    }
    return line.toString();
  }

  private static void append(StringBuilder line, String name, Map<String, Double> metrics) {
    if (metrics.containsKey(name)) {
      line.append("  ").append(name).append(' ').append(MetricFormat.of(name, metrics.get(name)));
    }
  }
}
