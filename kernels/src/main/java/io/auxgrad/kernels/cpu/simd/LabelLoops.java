package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.getInt;

/** Looking at class labels. */
public final class LabelLoops {
  private LabelLoops() {}

  /**
   * The first of labels {@code [lo, hi)} that is neither in {@code [0, classes)} nor {@code
   * ignore}; -1 if none is.
   */
  public static long firstOutside(long labels, int classes, int ignore, long lo, long hi) {
    for (long i = lo; i < hi; i++) {
      int label = getInt(labels, i);
      if (Integer.compareUnsigned(label, classes) >= 0 && label != ignore) {
        return i;
      }
    }
    return -1;
  }

  /**
   * The sum of the class weights (1 each if {@code weights} is 0) of the labels that are not {@code
   * ignore}.
   */
  public static double totalWeight(long labels, int ignore, long weights, long lo, long hi) {
    return weights == 0
        ? countOthers(labels, ignore, lo, hi)
        : sumOfWeights(labels, ignore, weights, lo, hi);
  }

  private static long countOthers(long labels, int ignore, long lo, long hi) {
    long count = 0;
    for (long i = lo; i < hi; i++) {
      count += getInt(labels, i) != ignore ? 1 : 0;
    }
    return count;
  }

  private static double sumOfWeights(long labels, int ignore, long weights, long lo, long hi) {
    double total = 0;
    for (long i = lo; i < hi; i++) {
      int label = getInt(labels, i);
      if (label != ignore) {
        total += getFloat(weights, label);
      }
    }
    return total;
  }
}
