package io.auxgrad.mtl.metrics;

import io.auxgrad.mtl.data.Batch;
import io.auxgrad.tensor.Tensor;
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

  private static final double[] LIMITS = {11.25, 22.5, 30};

  private final long[] histogram = new long[(int) Math.round(180 / BIN) + 1];
  private final long[] within = new long[LIMITS.length];
  private long pixels;
  private double sum;

  /** Takes in vectors {@code [N,H,W,3]}. */
  @Override
  public void update(Tensor prediction, Batch batch) {
    float[] predicted = prediction.toFloats();
    float[] target = batch.normals().toFloats();
    byte[] valid = batch.normalsMask().toBytes();
    for (int i = 0; i < valid.length; i++) {
      if (valid[i] != 0) {
        add(degreesBetween(predicted, target, 3 * i));
      }
    }
  }

  private void add(double degrees) {
    pixels++;
    sum += degrees;
    histogram[(int) (degrees / BIN)]++;
    for (int k = 0; k < LIMITS.length; k++) {
      if (degrees < LIMITS[k]) {
        within[k]++;
      }
    }
  }

  // The arc tangent of |a x b| and a.b keeps its precision at small angles, where the arc cosine
  // loses it.
  private static double degreesBetween(float[] a, float[] b, int at) {
    double ax = a[at];
    double ay = a[at + 1];
    double az = a[at + 2];
    double bx = b[at];
    double by = b[at + 1];
    double bz = b[at + 2];
    double dot = ax * bx + ay * by + az * bz;
    double cx = ay * bz - az * by;
    double cy = az * bx - ax * bz;
    double cz = ax * by - ay * bx;
    double cross = Math.sqrt(cx * cx + cy * cy + cz * cz);
    return dot == 0 && cross == 0 ? 90 : Math.toDegrees(Math.atan2(cross, dot));
  }

  @Override
  public SequencedMap<String, Double> results() {
    SequencedMap<String, Double> results = new LinkedHashMap<>();
    results.put("mean", sum / pixels);
    results.put("median", median());
    results.put("within_11_25", (double) within[0] / pixels);
    results.put("within_22_5", (double) within[1] / pixels);
    results.put("within_30", (double) within[2] / pixels);
    return results;
  }

  // As usual the mean of the two middle values where their number is even.
  private double median() {
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
