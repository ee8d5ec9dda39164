package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.getInt;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

/** Softmax cross-entropy of rows with its gradient in the same pass. */
public final class CrossEntropyLoops {
  private CrossEntropyLoops() {}

  /**
   * What is computed.
   *
   * @param logits address of {@code [rows, classes]}
   * @param labels address of {@code [rows]}, checked before
   * @param classes number of classes
   * @param ignore label of rows that are left out
   * @param weights address of {@code [classes]}, or 0 for 1 each
   * @param gradient address of {@code [rows, classes]} to write
   * @param scale factor of the gradient
   */
  public record Problem(
      long logits, long labels, int classes, int ignore, long weights, long gradient, float scale) {
    int label(long row) {
      return getInt(labels, row);
    }

    long logitsOf(long row) {
      return logits + 4 * row * classes;
    }

    long gradientOf(long row) {
      return gradient + 4 * row * classes;
    }

    float weight(int label) {
      return weights == 0 ? 1 : getFloat(weights, label);
    }
  }

  /** Writes the gradient of rows {@code [lo, hi)} and returns the weighted sum of their losses. */
  public static double rows(Problem p, long lo, long hi) {
    if (Simd.available()) {
      return CrossEntropyVectors.rows(p, lo, hi);
    }
    double[] e = new double[p.classes()];
    double loss = 0;
    for (long row = lo; row < hi; row++) {
      if (p.label(row) == p.ignore()) {
        Native.clear(p.gradientOf(row), 4L * p.classes());
      } else {
        loss += row(p, row, e);
      }
    }
    return loss;
  }

  private static double row(Problem p, long row, double[] e) {
    int label = p.label(row);
    float weight = p.weight(label);
    long x = p.logitsOf(row);
    float max = MaximumLoops.maximum(x, 1, e.length);
    double sum = 0;
    for (int k = 0; k < e.length; k++) {
      e[k] = Math.exp(getFloat(x, k) - max);
      sum += e[k];
    }
    double factor = (double) weight * p.scale();
    for (int k = 0; k < e.length; k++) {
      putFloat(p.gradientOf(row), k, (float) (factor * (e[k] / sum - (k == label ? 1 : 0))));
    }
    return weight * (Math.log(sum) + max - getFloat(x, label));
  }
}
