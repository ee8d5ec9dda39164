package io.auxgrad.bench.scaling;

import java.util.List;

/**
 * The line {@code time = fixed + slope * x} through measured times that makes relative errors
 * small.
 *
 * @param fixed time at nothing
 * @param slope time of each unit
 * @param deviation the largest relative distance of a measured time from the line
 */
public record Line(double fixed, double slope, double deviation) {
  /** Least squares of the relative errors, through at least two different {@code x}. */
  public static Line through(List<Double> x, List<Double> times) {
    double s = 0;
    double sx = 0;
    double sxx = 0;
    double st = 0;
    double sxt = 0;
    for (int i = 0; i < x.size(); i++) {
      double weight = 1 / (times.get(i) * times.get(i));
      s += weight;
      sx += weight * x.get(i);
      sxx += weight * x.get(i) * x.get(i);
      st += weight * times.get(i);
      sxt += weight * x.get(i) * times.get(i);
    }
    double slope = (s * sxt - sx * st) / (s * sxx - sx * sx);
    double fixed = (st - slope * sx) / s;
    double deviation = 0;
    for (int i = 0; i < x.size(); i++) {
      double predicted = fixed + slope * x.get(i);
      deviation = Math.max(deviation, Math.abs(times.get(i) / predicted - 1));
    }
    return new Line(fixed, slope, deviation);
  }
}
