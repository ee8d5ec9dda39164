package io.auxgrad.mtl.metrics;

import io.auxgrad.mtl.data.Batch;
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

  private final double[] sums = new double[MetricOps.DEPTH_SUMS];

  /** Takes in metres {@code [N,H,W,1]}. */
  @Override
  public void update(Tensor prediction, Batch batch) {
    MetricOps ops = Backends.of(prediction).metric();
    RunningSums.add(
        prediction.memory(),
        sums,
        running -> ops.depth(prediction, batch.depth(), batch.depthMask(), MINIMUM, running));
  }

  @Override
  public SequencedMap<String, Double> results() {
    double pixels = sums[0];
    SequencedMap<String, Double> results = new LinkedHashMap<>();
    results.put("abs_rel", sums[1] / pixels);
    results.put("sq_rel", sums[2] / pixels);
    results.put("rmse", Math.sqrt(sums[3] / pixels));
    results.put("rmse_log", Math.sqrt(sums[4] / pixels));
    results.put("log10", sums[5] / pixels);
    results.put("delta_1", sums[6] / pixels);
    results.put("delta_2", sums[7] / pixels);
    results.put("delta_3", sums[8] / pixels);
    return results;
  }
}
