package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getByte;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;

import io.auxgrad.tensor.DType;

/** Sums and counts of the angles between vectors. */
public final class AngleLoops {
  private static final double[] LIMITS = {11.25, 22.5, 30};

  private AngleLoops() {}

  /**
   * Adds vectors {@code [0, n)} to the sums that {@link
   * io.auxgrad.tensor.ops.MetricOps#NORMALS_SUMS} lists, and to the {@code bins} of {@code
   * histogram}; {@code mask} may be 0.
   */
  public static void add(
      DType type,
      long prediction,
      long target,
      long mask,
      long n,
      double[] sums,
      long histogram,
      int bins) {
    double width = 180.0 / (bins - 1);
    for (long i = 0; i < n; i++) {
      if (mask == 0 || getByte(mask, i) != 0) {
        double degrees = degreesBetween(type, prediction, target, 3 * i);
        add(degrees, sums);
        int bin = Math.min((int) (degrees / width), bins - 1);
        Native.putInt(histogram, bin, Native.getInt(histogram, bin) + 1);
      }
    }
  }

  private static void add(double degrees, double[] sums) {
    sums[0]++;
    sums[1] += degrees;
    for (int k = 0; k < LIMITS.length; k++) {
      if (degrees < LIMITS[k]) {
        sums[2 + k]++;
      }
    }
  }

  // The arc tangent of |a x b| and a.b keeps its precision at small angles, where the arc cosine
  // loses it.
  private static double degreesBetween(DType type, long a, long b, long at) {
    double ax = getFloat(type, a, at);
    double ay = getFloat(type, a, at + 1);
    double az = getFloat(type, a, at + 2);
    double bx = getFloat(b, at);
    double by = getFloat(b, at + 1);
    double bz = getFloat(b, at + 2);
    double dot = ax * bx + ay * by + az * bz;
    double cx = ay * bz - az * by;
    double cy = az * bx - ax * bz;
    double cz = ax * by - ay * bx;
    double cross = Math.sqrt(cx * cx + cy * cy + cz * cz);
    return dot == 0 && cross == 0 ? 90 : Math.toDegrees(Math.atan2(cross, dot));
  }
}
