package io.auxgrad.mtl.metrics;

import io.auxgrad.mtl.data.Batch;
import io.auxgrad.tensor.Tensor;
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

  private long pixels;
  private double absRel;
  private double sqRel;
  private double squares;
  private double logSquares;
  private double logs;
  private final long[] within = new long[3];

  /** Takes in metres {@code [N,H,W,1]}. */
  @Override
  public void update(Tensor prediction, Batch batch) {
    float[] predicted = prediction.toFloats();
    float[] target = batch.depth().toFloats();
    byte[] valid = batch.depthMask().toBytes();
    for (int i = 0; i < valid.length; i++) {
      if (valid[i] != 0) {
        add(Math.max(predicted[i], MINIMUM), target[i]);
      }
    }
  }

  private void add(double p, double t) {
    double error = p - t;
    double logError = Math.log(p / t);
    double ratio = Math.max(p / t, t / p);
    pixels++;
    absRel += Math.abs(error) / t;
    sqRel += error * error / t;
    squares += error * error;
    logSquares += logError * logError;
    logs += Math.abs(logError) / Math.log(10);
    double limit = 1;
    for (int k = 0; k < within.length; k++) {
      limit *= 1.25;
      if (ratio < limit) {
        within[k]++;
      }
    }
  }

  @Override
  public SequencedMap<String, Double> results() {
    SequencedMap<String, Double> results = new LinkedHashMap<>();
    results.put("abs_rel", absRel / pixels);
    results.put("sq_rel", sqRel / pixels);
    results.put("rmse", Math.sqrt(squares / pixels));
    results.put("rmse_log", Math.sqrt(logSquares / pixels));
    results.put("log10", logs / pixels);
    for (int k = 0; k < within.length; k++) {
      results.put("delta_" + (k + 1), (double) within[k] / pixels);
    }
    return results;
  }
}
