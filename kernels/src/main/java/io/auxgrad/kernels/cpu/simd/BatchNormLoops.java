package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.ChannelTable.FACTOR;
import static io.auxgrad.kernels.cpu.simd.ChannelTable.MEAN;
import static io.auxgrad.kernels.cpu.simd.ChannelTable.REST;
import static io.auxgrad.kernels.cpu.simd.ChannelTable.SCALE;
import static io.auxgrad.kernels.cpu.simd.ChannelTable.SHIFT;
import static io.auxgrad.kernels.cpu.simd.ChannelTable.SLOPE;
import static io.auxgrad.kernels.cpu.simd.Native.addDouble;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

import io.auxgrad.tensor.DType;

/**
 * Batch normalisation of {@code n} elements of float32 or bfloat16, the channels of each pixel side
 * by side, with what a {@link ChannelTable} says of them. Its period is a multiple of both the
 * channels and {@link #LANES}, so that any number of channels runs on whole vectors. Arrays begin
 * where a period begins.
 *
 * <p>The activation is the range {@code (low, high)}: the output is cut off at its ends, and the
 * gradient is 0 where the output is at one of them; an end that is NaN is none. For the gradient
 * the output is {@code source * scale + shift}: the source is the input with what {@link
 * #normalize} was given, or the output with ones and zeros. An array that is not there has the
 * address 0.
 */
public final class BatchNormLoops {
  /** What a period is a multiple of. */
  public static final int LANES = 64;

  private static final float NO_END = Float.NaN;

  private BatchNormLoops() {}

  /** Bytes of the sums of {@link #moments} and {@link #gradientSums}. */
  public static long sumBytes(int period) {
    return 2L * period * (Double.BYTES + Float.BYTES);
  }

  /** Where float32 {@code [2][period]} lies behind the sums: scratch of the vectors. */
  static long floatSums(long sums, int period) {
    return sums + 2L * period * Double.BYTES;
  }

  /**
   * Adds {@code x - mean} and its square to the float64 {@code sums [2][period]}, by place in the
   * period; behind them is scratch, {@link #sumBytes} in all.
   */
  public static void moments(DType type, long x, int n, ChannelTable table, long sums) {
    int period = table.period();
    int done = whole(n, period);
    if (done > 0 && type == DType.BFLOAT16) {
      BatchNormBfloat16.moments(x, done / period, table, sums);
    } else if (done > 0) {
      BatchNormVectors.moments(x, done / period, table, sums);
    }
    for (int at = done; at < n; at += period) {
      for (int c = 0; c < Math.min(period, n - at); c++) {
        double d = getFloat(type, x, at + c) - table.get(MEAN, c);
        addDouble(sums, c, d);
        addDouble(sums, period + c, d * d);
      }
    }
  }

  /** {@code y = cut(x * scale + shift + residual)}. */
  public static void normalize(
      DType type, long x, long residual, long y, int n, ChannelTable table, float low, float high) {
    int period = table.period();
    int done = whole(n, period);
    if (done > 0 && type == DType.BFLOAT16) {
      BatchNormBfloat16.normalize(x, residual, y, done, table, low, high);
    } else if (done > 0) {
      BatchNormVectors.normalize(x, residual, y, done, table, low, high);
    }
    for (int at = done; at < n; at += period) {
      for (int c = 0; c < Math.min(period, n - at); c++) {
        float v = linear(type, x, at, table, c);
        v = residual == 0 ? v : v + getFloat(type, residual, at + c);
        putFloat(type, y, at + c, v < low ? low : v > high ? high : v);
      }
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
      int n,
      ChannelTable table,
      float low,
      float high,
      long sums) {
    int period = table.period();
    int done = whole(n, period);
    int periods = done / period;
    if (done > 0 && type == DType.BFLOAT16) {
      BatchNormBfloat16.gradientSums(dy, x, source, periods, table, low, high, sums);
    } else if (done > 0) {
      BatchNormVectors.gradientSums(dy, x, source, periods, table, low, high, sums);
    }
    for (int at = done; at < n; at += period) {
      for (int c = 0; c < Math.min(period, n - at); c++) {
        double dz = masked(type, dy, source, at, table, c, low, high);
        addDouble(sums, c, dz);
        addDouble(sums, period + c, dz * (getFloat(type, x, at + c) - table.get(MEAN, c)));
      }
    }
  }

  /** {@code dx = factor * dz + slope * x + rest}, and {@code residual = dz} if it is there. */
  public static void gradient(
      DType type,
      long dy,
      long x,
      long source,
      long dx,
      long residual,
      int n,
      ChannelTable table,
      float low,
      float high) {
    int period = table.period();
    int done = whole(n, period);
    if (done > 0 && type == DType.BFLOAT16 && source == x && residual == 0) {
      BatchNormBfloat16.gradientOfInput(dy, x, dx, done, table, low, high);
    } else if (done > 0 && type == DType.BFLOAT16) {
      long dz = residual == 0 ? dx : residual;
      BatchNormBfloat16.cutOff(dy, source, dz, done, table, low, high);
      BatchNormBfloat16.gradientOfInput(dz, x, dx, done, table, NO_END, NO_END);
    } else if (done > 0) {
      BatchNormVectors.gradient(dy, x, source, dx, residual, done, table, low, high);
    }
    for (int at = done; at < n; at += period) {
      for (int c = 0; c < Math.min(period, n - at); c++) {
        float dz = masked(type, dy, source, at, table, c, low, high);
        float rest = Math.fma(getFloat(type, x, at + c), table.get(SLOPE, c), table.get(REST, c));
        putFloat(type, dx, at + c, Math.fma(dz, table.get(FACTOR, c), rest));
        if (residual != 0) {
          putFloat(type, residual, at + c, dz);
        }
      }
    }
  }

  /**
   * {@link #gradientSums}, and {@code dx = factor * dz}, where the sums have no part in it: run by
   * run, while what was summed is in a cache.
   */
  public static void gradientAndSums(
      DType type,
      long dy,
      long x,
      long source,
      long dx,
      int n,
      ChannelTable table,
      float low,
      float high,
      long sums) {
    int run = BatchNormVectors.FLOAT_RUN * table.period();
    for (int from = 0; from < n; from += run) {
      long at = (long) type.bytes() * from;
      int count = Math.min(run, n - from);
      gradientSums(type, dy + at, x + at, source + at, count, table, low, high, sums);
      scaledGradient(type, dy + at, source + at, dx + at, count, table, low, high);
    }
  }

  private static void scaledGradient(
      DType type, long dy, long source, long dx, int n, ChannelTable table, float low, float high) {
    int period = table.period();
    int done = whole(n, period);
    if (done > 0 && type == DType.BFLOAT16) {
      BatchNormBfloat16.scaledGradient(dy, source, dx, done, table, low, high);
    } else if (done > 0) {
      BatchNormVectors.scaledGradient(dy, source, dx, done, table, low, high);
    }
    for (int at = done; at < n; at += period) {
      for (int c = 0; c < Math.min(period, n - at); c++) {
        float dz = masked(type, dy, source, at, table, c, low, high);
        putFloat(type, dx, at + c, dz * table.get(FACTOR, c));
      }
    }
  }

  private static int whole(int n, int period) {
    return Simd.available() ? n - n % period : 0;
  }

  private static float masked(
      DType type, long dy, long source, int at, ChannelTable table, int c, float low, float high) {
    float v = linear(type, source, at, table, c);
    return v <= low || v >= high ? 0 : getFloat(type, dy, at + c);
  }

  private static float linear(DType type, long x, int at, ChannelTable table, int c) {
    return Math.fma(getFloat(type, x, at + c), table.get(SCALE, c), table.get(SHIFT, c));
  }
}
