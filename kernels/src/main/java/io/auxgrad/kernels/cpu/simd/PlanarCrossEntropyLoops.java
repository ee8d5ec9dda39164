package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.getInt;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

/**
 * Softmax cross-entropy of a row of pixels whose logits lie in planes, one for each class, see
 * {@link PlaneLoops}; the gradient takes the logits' place.
 */
public final class PlanarCrossEntropyLoops {
  /** Planes that {@link #row} needs as scratch. */
  public static final int SCRATCH_PLANES = 5;

  private PlanarCrossEntropyLoops() {}

  /**
   * What is computed.
   *
   * @param classes number of classes
   * @param width pixels of a row
   * @param ignore label of pixels that are left out
   * @param weights address of {@code [classes]}, or 0 for 1 each
   * @param scale factor of the gradient
   * @param withGradient whether it is wanted; otherwise the logits are lost
   */
  public record Problem(
      int classes, int width, int ignore, long weights, float scale, boolean withGradient) {
    float weight(int label) {
      return weights == 0 ? 1 : getFloat(weights, label);
    }

    long plane(long planes, int k) {
      return planes + 4L * k * PlaneLoops.stride(width);
    }
  }

  /** The weighted sum of the losses; {@code labels} are checked before. */
  public static double row(Problem p, long logits, long labels, long scratch) {
    if (Simd.available()) {
      return PlanarCrossEntropyVectors.row(p, logits, labels, scratch);
    }
    double loss = 0;
    for (int j = 0; j < p.width(); j++) {
      int label = getInt(labels, j);
      float weight = label == p.ignore() ? 0 : p.weight(label);
      if (weight == 0) {
        leaveOut(p, logits, j);
      } else {
        loss += pixel(p, logits, j, label, weight);
      }
    }
    return loss;
  }

  private static void leaveOut(Problem p, long logits, int j) {
    for (int k = 0; k < p.classes(); k++) {
      putFloat(p.plane(logits, k), j, 0);
    }
  }

  private static double pixel(Problem p, long logits, int j, int label, float weight) {
    float max = Float.NEGATIVE_INFINITY;
    for (int k = 0; k < p.classes(); k++) {
      max = Math.max(max, getFloat(p.plane(logits, k), j));
    }
    double target = (double) getFloat(p.plane(logits, label), j) - max;
    double sum = 0;
    for (int k = 0; k < p.classes(); k++) {
      double e = Math.exp(getFloat(p.plane(logits, k), j) - max);
      putFloat(p.plane(logits, k), j, (float) e);
      sum += e;
    }
    double factor = (double) weight * p.scale();
    for (int k = 0; k < p.classes(); k++) {
      double share = getFloat(p.plane(logits, k), j) / sum - (k == label ? 1 : 0);
      putFloat(p.plane(logits, k), j, (float) (factor * share));
    }
    return weight * (Math.log(sum) - target);
  }
}
