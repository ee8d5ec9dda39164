package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.addDouble;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

import io.auxgrad.tensor.DType;

/**
 * Batch normalisation of {@code n} elements of float32 or bfloat16, the channels of each pixel side
 * by side. Per-channel values are float32; they come repeated up to a period that is a multiple of
 * both the channels and {@link #LANES}, so that any number of channels runs on whole vectors.
 * Arrays begin where a period begins.
 *
 * <p>The activation is the range {@code (low, high)}: the output is cut off at its ends, and the
 * gradient is 0 where the output is at one of them. An array that is not there has the address 0.
 */
public final class BatchNormLoops {
  /** What a period is a multiple of. */
  public static final int LANES = 64;

  private BatchNormLoops() {}

  /**
   * Where the activation lets the gradient through: not where {@code source * scale + shift} is at
   * {@code low} or below, or at {@code high} or above; a bound that is NaN is none. The source is
   * the input with what {@link #normalize} was given, or the output with ones and zeros.
   */
  public record Mask(long scale, long shift, float low, float high) {}

  /** Bytes of the sums of {@link #moments} and {@link #gradientSums}. */
  public static long sumBytes(int period) {
    return 2L * period * (Double.BYTES + Float.BYTES);
  }

  /** Where float32 {@code [2][period]} lies behind the sums: scratch of the vectors. */
  static long floatSums(long sums, int period) {
    return sums + 2L * period * Double.BYTES;
  }

  /**
   * Adds {@code x - pivot} and its square to the float64 {@code sums [2][period]}, by place in the
   * period; behind them is scratch, {@link #sumBytes} in all.
   */
  public static void moments(DType type, long x, int n, long pivot, int period, long sums) {
    int done = whole(n, period);
    if (done > 0 && type == DType.BFLOAT16) {
      BatchNormBfloat16.moments(x, done / period, pivot, period, sums);
    } else if (done > 0) {
      BatchNormVectors.moments(x, done / period, pivot, period, sums);
    }
    for (int at = done; at < n; at += period) {
      for (int c = 0; c < Math.min(period, n - at); c++) {
        double d = getFloat(type, x, at + c) - getFloat(pivot, c);
        addDouble(sums, c, d);
        addDouble(sums, period + c, d * d);
      }
    }
  }

  /** {@code y = cut(x * scale + shift + residual)}. */
  public static void normalize(
      DType type,
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
      vectors(type, x, residual, y, done, scale, shift, period, low, high);
    }
    for (int at = done; at < n; at += period) {
      for (int c = 0; c < Math.min(period, n - at); c++) {
        float v = Math.fma(getFloat(type, x, at + c), getFloat(scale, c), getFloat(shift, c));
        v = residual == 0 ? v : v + getFloat(type, residual, at + c);
        putFloat(type, y, at + c, v < low ? low : v > high ? high : v);
      }
    }
  }

  private static void vectors(
      DType type,
      long x,
      long residual,
      long y,
      int n,
      long scale,
      long shift,
      int period,
      float low,
      float high) {
    boolean brief = type == DType.BFLOAT16;
    if (brief && residual == 0) {
      BatchNormBfloat16.normalize(x, y, n, scale, shift, period, low, high);
    } else if (brief) {
      BatchNormBfloat16.normalizeAdded(x, residual, y, n, scale, shift, period, low, high);
    } else if (residual == 0) {
      BatchNormVectors.normalize(x, y, n, scale, shift, period, low, high);
    } else {
      BatchNormVectors.normalizeAdded(x, residual, y, n, scale, shift, period, low, high);
    }
  }

  /**
   * Adds {@code dz} and {@code dz * (x - mean)} to the float64 {@code sums [2][period]}, where
   * {@code dz} is {@code dy} behind the activation; behind them is scratch, {@link #sumBytes} in
   * all.
   */
  public static void gradientSums(
      DType type,
      long dy,
      long x,
      long source,
      Mask mask,
      int n,
      long mean,
      int period,
      long sums) {
    int done = whole(n, period);
    if (done > 0 && type == DType.BFLOAT16) {
      BatchNormBfloat16.gradientSums(dy, x, source, mask, done / period, mean, period, sums);
    } else if (done > 0) {
      BatchNormVectors.gradientSums(dy, x, source, mask, done / period, mean, period, sums);
    }
    for (int at = done; at < n; at += period) {
      for (int c = 0; c < Math.min(period, n - at); c++) {
        double dz = masked(type, dy, source, mask, at, c);
        addDouble(sums, c, dz);
        addDouble(sums, period + c, dz * (getFloat(type, x, at + c) - getFloat(mean, c)));
      }
    }
  }

  /** {@code dx = dz * a + x * b + c}, and {@code residual = dz} if it is there. */
  public static void gradient(
      DType type,
      long dy,
      long x,
      long source,
      Mask mask,
      long dx,
      long residual,
      int n,
      long a,
      long b,
      long c,
      int period) {
    int done = whole(n, period);
    if (done > 0 && type == DType.BFLOAT16) {
      BatchNormBfloat16.gradient(dy, x, source, mask, dx, residual, done, a, b, c, period);
    } else if (done > 0) {
      BatchNormVectors.gradient(dy, x, source, mask, dx, residual, done, a, b, c, period);
    }
    for (int at = done; at < n; at += period) {
      for (int i = 0; i < Math.min(period, n - at); i++) {
        float dz = masked(type, dy, source, mask, at, i);
        float rest = Math.fma(getFloat(type, x, at + i), getFloat(b, i), getFloat(c, i));
        putFloat(type, dx, at + i, Math.fma(dz, getFloat(a, i), rest));
        if (residual != 0) {
          putFloat(type, residual, at + i, dz);
        }
      }
    }
  }

  /**
   * {@link #gradientSums}, and {@code dx = dz * a} in the same pass: where the sums have no part in
   * {@code dx}.
   */
  public static void gradientAndSums(
      DType type,
      long dy,
      long x,
      long source,
      Mask mask,
      long dx,
      int n,
      long a,
      long mean,
      int period,
      long sums) {
    int done = whole(n, period);
    int periods = done / period;
    if (done > 0 && type == DType.BFLOAT16) {
      BatchNormBfloat16.gradientAndSums(dy, x, source, mask, dx, periods, a, mean, period, sums);
    } else if (done > 0) {
      BatchNormVectors.gradientAndSums(dy, x, source, mask, dx, periods, a, mean, period, sums);
    }
    for (int at = done; at < n; at += period) {
      for (int c = 0; c < Math.min(period, n - at); c++) {
        float dz = masked(type, dy, source, mask, at, c);
        putFloat(type, dx, at + c, dz * getFloat(a, c));
        addDouble(sums, c, dz);
        addDouble(sums, period + c, (double) dz * (getFloat(type, x, at + c) - getFloat(mean, c)));
      }
    }
  }

  private static int whole(int n, int period) {
    return Simd.available() ? n - n % period : 0;
  }

  private static float masked(DType type, long dy, long source, Mask mask, int at, int c) {
    float from = getFloat(type, source, at + c);
    float v = Math.fma(from, getFloat(mask.scale(), c), getFloat(mask.shift(), c));
    return v <= mask.low() || v >= mask.high() ? 0 : getFloat(type, dy, at + c);
  }
}
