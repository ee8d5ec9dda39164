package io.auxgrad.bench.scaling;

import io.auxgrad.bench.report.Figures;
import io.auxgrad.bench.report.MarkdownTable;
import io.auxgrad.bench.report.Spread;
import io.auxgrad.bench.work.NetworkKind;
import io.auxgrad.bench.work.TrainingStep;
import io.auxgrad.tensor.ops.Backends;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Times of training steps along each {@link Axis}. */
public final class Scaling {
  /** Largest deviation from a line that counts as linear. */
  public static final double LINEAR = 0.10;

  private static final int MIN_STEPS = 3;
  private static final int ROUNDS = 3;

  private final Map<Axis, List<Measured>> axes = new EnumMap<>(Axis.class);

  /**
   * The time at one place.
   *
   * @param x how much of what grows
   * @param milliseconds of a step
   */
  record Measured(int x, Spread milliseconds) {}

  private Scaling() {}

  /**
   * Measures all places in turn, several times over, so that a busy moment of the machine does not
   * hit one place alone.
   *
   * @param threads the most
   * @param seconds for each place, all rounds together; at least {@value #MIN_STEPS} steps in each
   */
  public static Scaling measure(NetworkKind network, int threads, double seconds) {
    // Lets the JVM compile what every step runs.
    run(Axis.BATCH.points(network, threads).getFirst(), seconds);
    Map<Axis.Point, List<Double>> samples = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (Axis axis : Axis.values()) {
        for (Axis.Point point : axis.points(network, threads)) {
          samples
              .computeIfAbsent(point, _ -> new ArrayList<>())
              .addAll(run(point, seconds / ROUNDS));
        }
      }
    }
    Backends.cpu().setThreads(threads);
    Scaling result = new Scaling();
    for (Axis axis : Axis.values()) {
      result.axes.put(
          axis,
          axis.points(network, threads).stream()
              .map(point -> new Measured(point.x(), Spread.of(samples.get(point))))
              .toList());
    }
    return result;
  }

  private static List<Double> run(Axis.Point point, double seconds) {
    Backends.cpu().setThreads(point.threads());
    try (TrainingStep step = new TrainingStep(point.workload())) {
      time(step, seconds / 3);
      return time(step, seconds);
    }
  }

  private static List<Double> time(TrainingStep step, double seconds) {
    List<Double> milliseconds = new ArrayList<>();
    long begin = System.nanoTime();
    long start = begin;
    while (milliseconds.size() < MIN_STEPS || start - begin < seconds * 1e9) {
      step.run();
      long end = System.nanoTime();
      milliseconds.add((end - start) / 1e6);
      start = end;
    }
    return milliseconds;
  }

  /** The times along {@code axis}. */
  List<Measured> along(Axis axis) {
    return axes.get(axis);
  }

  /** The line through the times along {@code axis}. */
  Line line(Axis axis) {
    List<Measured> measured = along(axis);
    return Line.through(
        measured.stream().map(m -> (double) m.x()).toList(),
        measured.stream().map(m -> m.milliseconds().median()).toList());
  }

  /** Whether time is linear in images and in pixels. */
  public boolean isLinear() {
    return line(Axis.BATCH).deviation() <= LINEAR && line(Axis.PIXELS).deviation() <= LINEAR;
  }

  /** Tables and lines. */
  public String text() {
    MarkdownTable table = new MarkdownTable("what grows", "to", "ms", "interval", "ms of each");
    axes.forEach((axis, measured) ->
        measured.forEach(m ->
            table.row(
                axis.title(),
                Integer.toString(m.x()),
                Figures.threeDigits(m.milliseconds().median()),
                Figures.threeDigits(m.milliseconds().low())
                    + " to "
                    + Figures.threeDigits(m.milliseconds().high()),
                axis == Axis.THREADS ? "-" : each(m))));
    return "%s%n%n%s%n%s".formatted(table, claim(Axis.BATCH), claim(Axis.PIXELS));
  }

  private static String each(Measured m) {
    return "%.3g".formatted(m.milliseconds().median() / m.x());
  }

  private String claim(Axis axis) {
    Line line = line(axis);
    return "%s: %.1f ms + %.3g ms each; the times are within %.1f %% of this line: %s"
        .formatted(
            axis.label(),
            line.fixed(),
            line.slope(),
            100 * line.deviation(),
            line.deviation() <= LINEAR ? "linear" : "not linear within 10 %");
  }
}
