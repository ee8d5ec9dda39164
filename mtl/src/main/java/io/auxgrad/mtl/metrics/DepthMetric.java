package io.auxgrad.mtl.metrics;

import io.auxgrad.mtl.data.Batch;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.MetricOps;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Figures of depth over all valid pixels of the split, with {@code p} the predicted and {@code t}
 * the true metres (Eigen, Puhrsch, Fergus, 2014). Predictions below {@value #MINIMUM} m are raised
 * to it first.
 *
 * <ul>
 *   <li>{@code abs_rel}: mean of {@code |p - t| / t}; {@code sq_rel}: mean of {@code (p - t)^2 / t}
 *       (m)
 *   <li>{@code rmse}: root of the mean of {@code (p - t)^2} (m); {@code rmse_log}: the same of
 *       {@code ln p - ln t}; both over the pixels of the split, not a mean over images
 *   <li>{@code log10}: mean of {@code |log10 p - log10 t|}
 *   <li>{@code delta_k}: share of the pixels with {@code max(p/t, t/p) < 1.25^k}
 * </ul>
 */
public final class DepthMetric implements Metric {
  /** The least depth that is compared, in metres: logarithms and ratios need a positive one. */
  public static final float MINIMUM = 1e-3f;

  private final SplitSums sums;

  /** For predictions in {@code memory}. */
  public DepthMetric(DeviceMemory memory) {
    sums = SplitSums.zero(memory, MetricOps.DEPTH_SUMS);
  }

  /** Takes in metres {@code [N,H,W,1]}. */
  @Override
  public void update(Tensor prediction, Batch batch) {
    Backends.of(prediction)
        .metric()
        .depth(prediction, batch.depth(), batch.depthMask(), MINIMUM, sums.tensor());
  }

  @Override
  public SequencedMap<String, Double> results() {
    double[] read = sums.read();
    double pixels = read[0];
    SequencedMap<String, Double> results = new LinkedHashMap<>();
    results.put("abs_rel", read[1] / pixels);
    results.put("sq_rel", read[2] / pixels);
    results.put("rmse", Math.sqrt(read[3] / pixels));
    results.put("rmse_log", Math.sqrt(read[4] / pixels));
    results.put("log10", read[5] / pixels);
    results.put("delta_1", read[6] / pixels);
    results.put("delta_2", read[7] / pixels);
    results.put("delta_3", read[8] / pixels);
    return results;
  }
}
