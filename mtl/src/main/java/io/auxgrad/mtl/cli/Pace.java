package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.train.TrainingListener.Step;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Smoothed losses, images per second and remaining time, as people want to see them. */
final class Pace {
  /** Steps that the running means look back. */
  private static final double WINDOW = 30;

  private final Map<String, Double> losses = new LinkedHashMap<>();
  private double secondsPerStep;
  private int images;
  private long made;
  private long step;
  private long steps;

  void begin(long step, long steps) {
    this.step = step;
    this.steps = steps;
  }

  void add(Step last) {
    step = last.step();
    images = last.images();
    made++;
    last.losses()
        .forEach((name, value) -> losses.merge(name, value, (mean, v) -> mean(mean, v, made)));
    // The first step starts up much that the others find ready.
    secondsPerStep = made <= 2 ? last.seconds() : mean(secondsPerStep, last.seconds(), made - 1);
  }

  long steps() {
    return steps;
  }

  /** The losses of the tasks; the auxiliary ones are left out for room. */
  String losses() {
    return losses.entrySet().stream()
        .filter(e -> !e.getKey().contains("."))
        .map(e -> String.format(Locale.ROOT, "%s %.3f", e.getKey(), e.getValue()))
        .collect(Collectors.joining("  "));
  }

  /** For example {@code 14.2 images/s 3:05 left}. */
  String rateAndRemaining() {
    long seconds = Math.round((steps - step) * secondsPerStep);
    return String.format(
        Locale.ROOT,
        "%.1f images/s  %d:%02d left",
        images / secondsPerStep,
        seconds / 60,
        seconds % 60);
  }

  private static double mean(double old, double now, long count) {
    return old + (now - old) / Math.min(count, WINDOW);
  }
}
