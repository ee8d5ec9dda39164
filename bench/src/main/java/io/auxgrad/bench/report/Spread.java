package io.auxgrad.bench.report;

import java.util.List;

/**
 * The median of samples and an interval that contains the true median with 95 % probability,
 * whatever the distribution: the noise of a shared machine is anything but normal.
 *
 * @param median of the samples
 * @param low the k-th smallest sample
 * @param high the k-th largest
 */
public record Spread(double median, double low, double high) {
  private static final double OUTSIDE = 0.05;

  /** Of at least one sample. Fewer than 6 do not suffice for 95 %: the interval is then all. */
  public static Spread of(List<Double> samples) {
    List<Double> sorted = samples.stream().sorted().toList();
    int n = sorted.size();
    int k = rank(n);
    double median = (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
    return new Spread(median, sorted.get(k), sorted.get(n - 1 - k));
  }

  /** Whether no value is in both intervals. */
  public boolean isApartFrom(Spread other) {
    return low > other.high || high < other.low;
  }

  // How many samples lie below the median is binomial: cut off ranks while both tails together stay
  // within what may be outside.
  private static int rank(int n) {
    double probability = Math.pow(0.5, n);
    double tail = probability;
    int k = 0;
    while (2 * (tail + probability * (n - k) / (k + 1)) <= OUTSIDE && k + 1 < n / 2) {
      probability *= (double) (n - k) / (k + 1);
      tail += probability;
      k++;
    }
    return k;
  }
}
