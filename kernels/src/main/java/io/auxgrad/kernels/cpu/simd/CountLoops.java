package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getInt;

/** Counting pairs of labels. */
public final class CountLoops {
  private CountLoops() {}

  /**
   * Adds one to {@code counts[target * classes + prediction]} for each target that is not {@code
   * ignore}.
   */
  public static void pairs(
      long predictions, long targets, int ignore, int classes, long lo, long hi, int[] counts) {
    for (long i = lo; i < hi; i++) {
      int target = getInt(targets, i);
      if (target != ignore) {
        counts[target * classes + getInt(predictions, i)]++;
      }
    }
  }
}
