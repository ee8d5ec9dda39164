package io.auxgrad.mtl.train;

import java.lang.management.ManagementFactory;
import java.util.Arrays;

/** How fast steps were made by this process. */
public final class Stopwatch {
  private static final int REMEMBERED = 1000;

  private final double[] last = new double[REMEMBERED];
  private long steps;
  private long images;
  private double seconds;
  private double firstStepSeconds = Double.NaN;

  /** Takes in a step. */
  void add(double stepSeconds, int stepImages) {
    last[(int) (steps % REMEMBERED)] = stepSeconds;
    if (steps == 0) {
      firstStepSeconds = 1e-3 * ManagementFactory.getRuntimeMXBean().getUptime();
    }
    steps++;
    images += stepImages;
    seconds += stepSeconds;
  }

  /** Images per second of training, waiting for data included; NaN before the first step. */
  public double imagesPerSecond() {
    return images / seconds;
  }

  /** Median time of a step in milliseconds over the last thousand; NaN before the first step. */
  public double medianStepMillis() {
    int count = (int) Math.min(steps, REMEMBERED);
    if (count == 0) {
      return Double.NaN;
    }
    double[] sorted = Arrays.copyOf(last, count);
    Arrays.sort(sorted);
    return 1e3 * (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
  }

  /**
   * Seconds from the start of Java to the end of the first step that this process made; NaN before
   * it.
   */
  public double firstStepSeconds() {
    return firstStepSeconds;
  }

  /** Seconds in steps. */
  public double seconds() {
    return seconds;
  }
}
