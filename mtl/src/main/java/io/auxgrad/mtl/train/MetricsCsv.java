package io.auxgrad.mtl.train;

import io.auxgrad.mtl.run.EpochRow;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The history of a run as a table: a line per epoch, a column per loss and validation metric. */
final class MetricsCsv {
  private MetricsCsv() {}

  static String of(List<EpochRow> history) {
    Set<String> losses = new LinkedHashSet<>();
    Set<String> metrics = new LinkedHashSet<>();
    for (EpochRow row : history) {
      losses.addAll(row.losses().keySet());
      metrics.addAll(row.validation().keySet());
    }
    List<String> header = new ArrayList<>(List.of("epoch", "step"));
    losses.forEach(name -> header.add("loss." + name));
    metrics.forEach(name -> header.add("validation." + name));
    header.add("score");
    StringBuilder csv = new StringBuilder(String.join(",", header)).append('\n');
    for (EpochRow row : history) {
      List<String> cells = new ArrayList<>(List.of("" + row.epoch(), "" + row.step()));
      losses.forEach(name -> cells.add(cell(row.losses(), name)));
      metrics.forEach(name -> cells.add(cell(row.validation(), name)));
      cells.add(row.score() == null ? "" : row.score().toString());
      csv.append(String.join(",", cells)).append('\n');
    }
    return csv.toString();
  }

  private static String cell(Map<String, Double> values, String name) {
    Double value = values.get(name);
    return value == null ? "" : value.toString();
  }
}
