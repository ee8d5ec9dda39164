package io.auxgrad.mtl.metrics;

import io.auxgrad.mtl.data.Batch;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.MetricOps;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Figures of surface normals: the angle in degrees between predicted and true vector, over all
 * valid pixels of the split (Fouhey, Gupta, Hebert, 2013). Lengths do not matter; a zero vector is
 * off by 90 degrees.
 *
 * <ul>
 *   <li>{@code mean}; {@code median}, from a histogram with bins of {@value #BIN} degrees, linear
 *       inside the bin
 *   <li>{@code within_11_25}, {@code within_22_5}, {@code within_30}: share of the pixels with a
 *       smaller angle
 * </ul>
 */
public final class NormalsMetric implements Metric {
  /** Resolution of the median in degrees. */
  public static final double BIN = 0.005;

  private static final int BINS = (int) Math.round(180 / BIN) + 1;

  private final SplitSums sums;
  private final SplitSums histogram;

  /** For predictions in {@code memory}. */
  public NormalsMetric(DeviceMemory memory) {
    sums = SplitSums.zero(memory, MetricOps.NORMALS_SUMS);
    histogram = SplitSums.zero(memory, BINS);
  }

  /** Takes in vectors {@code [N,H,W,3]}. */
  @Override
  public void update(Tensor prediction, Batch batch) {
    MetricOps ops = Backends.of(prediction).metric();
    histogram.count(counts ->
        ops.normals(prediction, batch.normals(), batch.normalsMask(), sums.tensor(), counts));
  }

  @Override
  public SequencedMap<String, Double> results() {
    SequencedMap<String, Double> results = new LinkedHashMap<>();
    double[] read = sums.read();
    double pixels = read[0];
    results.put("mean", read[1] / pixels);
    results.put("median", median(histogram.read(), (long) pixels));
    results.put("within_11_25", read[2] / pixels);
    results.put("within_22_5", read[3] / pixels);
    results.put("within_30", read[4] / pixels);
    return results;
  }

  // As usual the mean of the two middle values where their number is even.
  private static double median(double[] counts, long pixels) {
    return (valueOfRank(counts, (pixels - 1) / 2) + valueOfRank(counts, pixels / 2)) / 2;
  }

  private static double valueOfRank(double[] counts, long rank) {
    double below = 0;
    for (int i = 0; i < counts.length; i++) {
      if (below + counts[i] > rank) {
        return BIN * (i + (rank - below + 0.5) / counts[i]);
      }
      below += counts[i];
    }
    return Double.NaN;
  }
}
