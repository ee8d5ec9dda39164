package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.train.TrainingListener.Step;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Smoothed losses, images per second and remaining time, as people want to see them. */
final class Pace {
  private static final double SMOOTHING = 0.95;

  private final Map<String, Double> losses = new LinkedHashMap<>();
  private double secondsPerStep = Double.NaN;
  private double images;
  private long steps;
  private long step;

  void begin(long step, long steps) {
    this.step = step;
    this.steps = steps;
  }

  void add(Step made) {
    made.losses().forEach((name, value) -> losses.merge(name, value, Pace::smooth));
    secondsPerStep =
        Double.isNaN(secondsPerStep) ? made.seconds() : smooth(secondsPerStep, made.seconds());
    images = made.images();
    step = made.step();
  }

  long steps() {
    return steps;
  }

  /** The losses of the tasks; the auxiliary ones are left out for room. */
  String losses() {
    return losses.entrySet().stream()
        .filter(e -> !e.getKey().contains("."))
        .map(e -> "%s %.3f".formatted(e.getKey(), e.getValue()))
        .collect(Collectors.joining("  "));
  }

  /** For example {@code 14.2 images/s 3:05 left}. */
  String rateAndRemaining() {
    return String.format(
        Locale.ROOT, "%.1f images/s  %s left", images / secondsPerStep, remaining());
  }

  private String remaining() {
    long seconds = Math.round((steps - step) * secondsPerStep);
    return "%d:%02d".formatted(seconds / 60, seconds % 60);
  }

  private static double smooth(double old, double now) {
    return SMOOTHING * old + (1 - SMOOTHING) * now;
  }
}
