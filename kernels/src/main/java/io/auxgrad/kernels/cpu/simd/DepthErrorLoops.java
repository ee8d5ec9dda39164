package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getByte;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;

import io.auxgrad.tensor.DType;

/** Sums of errors of depth. */
public final class DepthErrorLoops {
  private static final double LN_10 = Math.log(10);
  private static final int LIMITS = 3;

  private DepthErrorLoops() {}

  /**
   * Adds pixels {@code [0, n)} to the sums that {@link io.auxgrad.tensor.ops.MetricOps#DEPTH_SUMS}
   * lists; {@code mask} may be 0.
   */
  public static void add(
      DType type, long prediction, long target, long mask, float minimum, long n, double[] sums) {
    for (long i = 0; i < n; i++) {
      if (mask == 0 || getByte(mask, i) != 0) {
        add(Math.max(getFloat(type, prediction, i), minimum), getFloat(target, i), sums);
      }
    }
  }

  private static void add(double p, double t, double[] sums) {
    double error = p - t;
    double logError = Math.log(p / t);
    double ratio = Math.max(p / t, t / p);
    sums[0]++;
    sums[1] += Math.abs(error) / t;
    sums[2] += error * error / t;
    sums[3] += error * error;
    sums[4] += logError * logError;
    sums[5] += Math.abs(logError) / LN_10;
    double limit = 1;
    for (int k = 0; k < LIMITS; k++) {
      limit *= 1.25;
      if (ratio < limit) {
        sums[6 + k]++;
      }
    }
  }
}
