package io.auxgrad.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Two reports, before and after. A work is slower, or faster, only where the intervals of both
 * medians are apart and the medians differ by more than a threshold: the first alone would report
 * differences that nobody cares about, the second alone the noise.
 */
public final class Comparison {
  /** What became of a work. */
  public enum Verdict {
    /** Beyond noise and threshold. */
    SLOWER,
    /** Beyond noise and threshold. */
    FASTER,
    /** Neither. */
    SAME
  }

  /**
   * One work of one engine that both reports have.
   *
   * @param ratio median after by median before
   */
  public record Row(
      String work,
      String engine,
      String unit,
      Spread before,
      Spread after,
      double ratio,
      Verdict verdict) {}

  private final Report before;
  private final Report after;
  private final List<Row> rows = new ArrayList<>();

  /** With a threshold such as 0.05 for 5 %. */
  public Comparison(Report before, Report after, double threshold) {
    this.before = before;
    this.after = after;
    Map<List<String>, Measurement> known = new LinkedHashMap<>();
    before.measurements().forEach(m -> known.put(List.of(m.work(), m.engine()), m));
    for (Measurement m : after.measurements()) {
      Measurement old = known.get(List.of(m.work(), m.engine()));
      if (old != null) {
        rows.add(row(old, m, threshold));
      }
    }
  }

  private static Row row(Measurement before, Measurement after, double threshold) {
    Spread old = before.spread();
    Spread now = after.spread();
    double ratio = now.median() / old.median();
    boolean apart = now.isApartFrom(old);
    Verdict verdict =
        apart && ratio > 1 + threshold
            ? Verdict.SLOWER
            : apart && ratio < 1 / (1 + threshold) ? Verdict.FASTER : Verdict.SAME;
    return new Row(after.work(), after.engine(), after.unit(), old, now, ratio, verdict);
  }

  /** The works that both reports have. */
  public List<Row> rows() {
    return List.copyOf(rows);
  }

  /** Whether a work of ours is slower. A peer that is slower tells of the machine only. */
  public boolean hasRegression() {
    return rows.stream()
        .anyMatch(r -> r.engine().equals("auxgrad") && r.verdict() == Verdict.SLOWER);
  }

  /** The table, below what differs between the machines. */
  public String text() {
    StringBuilder text = new StringBuilder();
    differences()
        .forEach((what, values) -> text.append(what).append(": ").append(values).append('\n'));
    MarkdownTable table =
        new MarkdownTable("work", "engine", "unit", "before", "after", "ratio", "");
    rows.forEach(r ->
        table.row(
            r.work(),
            r.engine(),
            Figures.unit(r.unit()),
            Figures.spread(r.before()),
            Figures.spread(r.after()),
            Figures.ratio(r.ratio()),
            r.verdict() == Verdict.SAME
                ? ""
                : r.verdict().name().toLowerCase(java.util.Locale.ROOT)));
    return text.append(table).toString();
  }

  private Map<String, String> differences() {
    Map<String, String> found = new LinkedHashMap<>();
    Machine a = before.machine();
    Machine b = after.machine();
    note(found, "revision", a.revision(), b.revision());
    note(found, "different processor", a.processor(), b.processor());
    note(found, "different threads", "" + a.threads(), "" + b.threads());
    note(found, "different java", a.java(), b.java());
    note(found, "different engine", a.engine(), b.engine());
    return found;
  }

  private static void note(Map<String, String> found, String what, String before, String after) {
    if (!before.equals(after)) {
      found.put(what, before + " -> " + after);
    }
  }
}
