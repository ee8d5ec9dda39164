package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.addDouble;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

/**
 * Batch normalisation of {@code n} floats, the channels of each pixel side by side. Per-channel
 * values come repeated up to a period that is a multiple of both the channels and {@link #LANES},
 * so that any number of channels runs on whole vectors. Arrays begin where a period begins.
 *
 * <p>The activation is the range {@code (low, high)}: the output is cut off at its ends, and the
 * gradient is 0 where the output is not inside. An array that is not there has the address 0.
 */
public final class BatchNormLoops {
  /** What a period is a multiple of. */
  public static final int LANES = 64;

  private BatchNormLoops() {}

  /**
   * Adds {@code x - pivot} and its square to the float64 {@code sums [2][period]}, by place in the
   * period.
   */
  public static void moments(long x, int n, long pivot, int period, long sums) {
    int done = whole(n, period);
    if (done > 0) {
      BatchNormVectors.moments(x, done / period, pivot, period, sums);
    }
    for (int at = done; at < n; at += period) {
      for (int c = 0; c < Math.min(period, n - at); c++) {
        double d = getFloat(x, at + c) - getFloat(pivot, c);
        addDouble(sums, c, d);
        addDouble(sums, period + c, d * d);
      }
    }
  }

  /** {@code y = cut(x * scale + shift + residual)}. */
  public static void normalize(
      long x,
      long residual,
      long y,
      int n,
      long scale,
      long shift,
      int period,
      float low,
      float high) {
    int done = whole(n, period);
    if (done > 0) {
      BatchNormVectors.normalize(x, residual, y, done, scale, shift, period, low, high);
    }
    for (int at = done; at < n; at += period) {
      for (int c = 0; c < Math.min(period, n - at); c++) {
        float v = Math.fma(getFloat(x, at + c), getFloat(scale, c), getFloat(shift, c));
        v = residual == 0 ? v : v + getFloat(residual, at + c);
        putFloat(y, at + c, v < low ? low : v > high ? high : v);
      }
    }
  }

  /**
   * Adds {@code dz} and {@code dz * (x - mean)} to the float64 {@code sums [2][period]}, where
   * {@code dz} is {@code dy} behind the activation; {@code y} is not there if there was none.
   */
  public static void gradientSums(
      long dy, long y, long x, int n, long mean, int period, float low, float high, long sums) {
    int done = whole(n, period);
    if (done > 0) {
      BatchNormVectors.gradientSums(dy, y, x, done / period, mean, period, low, high, sums);
    }
    for (int at = done; at < n; at += period) {
      for (int c = 0; c < Math.min(period, n - at); c++) {
        double dz = masked(dy, y, at + c, low, high);
        addDouble(sums, c, dz);
        addDouble(sums, period + c, dz * (getFloat(x, at + c) - getFloat(mean, c)));
      }
    }
  }

  /** {@code dx = dz * a + x * b + c}, and {@code residual = dz} if it is there. */
  public static void gradient(
      long dy,
      long y,
      long x,
      long dx,
      long residual,
      int n,
      long a,
      long b,
      long c,
      int period,
      float low,
      float high) {
    int done = whole(n, period);
    if (done > 0) {
      BatchNormVectors.gradient(dy, y, x, dx, residual, done, a, b, c, period, low, high);
    }
    for (int at = done; at < n; at += period) {
      for (int i = 0; i < Math.min(period, n - at); i++) {
        float dz = masked(dy, y, at + i, low, high);
        float rest = Math.fma(getFloat(x, at + i), getFloat(b, i), getFloat(c, i));
        putFloat(dx, at + i, Math.fma(dz, getFloat(a, i), rest));
        if (residual != 0) {
          putFloat(residual, at + i, dz);
        }
      }
    }
  }

  private static int whole(int n, int period) {
    return Simd.available() ? n - n % period : 0;
  }

  private static float masked(long dy, long y, int i, float low, float high) {
    if (y == 0) {
      return getFloat(dy, i);
    }
    float v = getFloat(y, i);
    return v > low && v < high ? getFloat(dy, i) : 0;
  }
}
