package io.auxgrad.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The measurements of a report side by side: a row for each work, two columns for each peer. */
public final class EngineTable {
  private static final String OURS = "auxgrad";

  private EngineTable() {}

  /** The table, and what is missing below it. */
  public static String of(Report report) {
    Map<String, Map<String, Measurement>> works = new LinkedHashMap<>();
    report
        .measurements()
        .forEach(
            m -> works.computeIfAbsent(m.work(), _ -> new LinkedHashMap<>()).put(m.engine(), m));
    List<String> peers =
        report.measurements().stream()
            .map(Measurement::engine)
            .filter(engine -> !engine.equals(OURS))
            .distinct()
            .toList();
    boolean bytes = report.measurements().stream().anyMatch(m -> m.bytes() != null);
    MarkdownTable table = new MarkdownTable(titles(peers, bytes));
    works.forEach((work, byEngine) -> table.row(row(work, byEngine, peers, bytes)));
    StringBuilder text = new StringBuilder(table.toString());
    report
        .missing()
        .forEach(m -> text.append("\nmissing: ").append(m.what()).append(": ").append(m.reason()));
    return text.toString();
  }

  private static String[] titles(List<String> peers, boolean bytes) {
    List<String> titles = new ArrayList<>(List.of("work", "unit", OURS));
    if (bytes) {
      titles.add("heap bytes");
    }
    peers.forEach(peer -> titles.addAll(List.of(peer, "ratio")));
    return titles.toArray(String[]::new);
  }

  private static String[] row(
      String work, Map<String, Measurement> byEngine, List<String> peers, boolean bytes) {
    Measurement ours = byEngine.get(OURS);
    Measurement any = byEngine.values().iterator().next();
    List<String> cells = new ArrayList<>(List.of(work, Figures.unit(any.unit()), spread(ours)));
    if (bytes) {
      cells.add(ours == null || ours.bytes() == null ? "-" : "%.0f".formatted(ours.bytes()));
    }
    for (String peer : peers) {
      Measurement theirs = byEngine.get(peer);
      cells.add(spread(theirs));
      cells.add(
          ours == null || theirs == null
              ? "-"
              : Figures.ratio(theirs.spread().median() / ours.spread().median()));
    }
    return cells.toArray(String[]::new);
  }

  private static String spread(Measurement measurement) {
    return measurement == null ? "-" : Figures.spread(measurement.spread());
  }
}
