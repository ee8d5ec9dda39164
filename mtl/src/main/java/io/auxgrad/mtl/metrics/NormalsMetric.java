package io.auxgrad.mtl.metrics;

import io.auxgrad.mtl.data.Batch;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
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

  private final long[] histogram = new long[(int) Math.round(180 / BIN) + 1];
  private final double[] sums = new double[MetricOps.NORMALS_SUMS];

  /** Takes in vectors {@code [N,H,W,3]}. */
  @Override
  public void update(Tensor prediction, Batch batch) {
    MetricOps ops = Backends.of(prediction).metric();
    DeviceMemory memory = prediction.memory();
    try (Tensor counts = Tensor.zeros(memory, DType.INT32, Shape.of(histogram.length))) {
      RunningSums.add(
          memory,
          sums,
          running ->
              ops.normals(prediction, batch.normals(), batch.normalsMask(), running, counts));
      int[] added = counts.toInts();
      for (int i = 0; i < added.length; i++) {
        histogram[i] += added[i];
      }
    }
  }

  @Override
  public SequencedMap<String, Double> results() {
    SequencedMap<String, Double> results = new LinkedHashMap<>();
    double pixels = sums[0];
    results.put("mean", sums[1] / pixels);
    results.put("median", median());
    results.put("within_11_25", sums[2] / pixels);
    results.put("within_22_5", sums[3] / pixels);
    results.put("within_30", sums[4] / pixels);
    return results;
  }

  // As usual the mean of the two middle values where their number is even.
  private double median() {
    long pixels = (long) sums[0];
    return (valueOfRank((pixels - 1) / 2) + valueOfRank(pixels / 2)) / 2;
  }

  private double valueOfRank(long rank) {
    long below = 0;
    for (int i = 0; i < histogram.length; i++) {
      if (below + histogram[i] > rank) {
        return BIN * (i + (rank - below + 0.5) / histogram[i]);
      }
      below += histogram[i];
    }
    return Double.NaN;
  }
}
