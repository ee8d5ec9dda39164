package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.addDouble;
import static io.auxgrad.kernels.cpu.simd.Native.getDouble;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;

import io.auxgrad.tensor.DType;

/** Sums in float64. */
public final class SumLoops {
  /** Floats are added this often before the sum goes on in float64. */
  private static final int FLOAT_RUN = 64;

  private SumLoops() {}

  /** The sum of {@code n} floats. */
  public static double sum(long x, int n) {
    int done = Simd.available() ? n - n % SumVectors.STEP : 0;
    double sum = done == 0 ? 0 : SumVectors.sum(x, done);
    for (int i = done; i < n; i++) {
      sum += getFloat(x, i);
    }
    return sum;
  }

  /** {@code sums[i]} is the sum of row {@code i} of {@code columns} floats, which are few. */
  public static void shortRows(long x, int columns, int n, float[] sums) {
    if (Simd.available()) {
      SumVectors.shortRows(x, columns, n, sums);
      return;
    }
    for (int row = 0; row < n; row++) {
      sums[row] = (float) sum(x + 4L * row * columns, columns);
    }
  }

  /** The sum of the squares of {@code n} floats. */
  public static double sumOfSquares(long x, int n) {
    int done = Simd.available() ? n - n % SumVectors.STEP : 0;
    double sum = done == 0 ? 0 : SumVectors.sumOfSquares(x, done);
    for (int i = done; i < n; i++) {
      double v = getFloat(x, i);
      sum += v * v;
    }
    return sum;
  }

  /** Adds {@code n} floats or bfloat16 at {@code x} to as many float64 at {@code sums}. */
  public static void addAsDoubles(DType type, long x, long sums, int n) {
    int done = 0;
    if (type == DType.FLOAT32 && Simd.available()) {
      done = n - n % Lanes.COUNT;
      SumVectors.addAsDoubles(x, sums, done);
    }
    for (int i = done; i < n; i++) {
      addDouble(sums, i, getFloat(type, x, i));
    }
  }

  /** Adds {@code n} float64 at {@code x} to those at {@code sums}. */
  public static void addDoubles(long x, long sums, int n) {
    for (int i = Simd.available() ? SumVectors.addDoubles(x, sums, n) : 0; i < n; i++) {
      addDouble(sums, i, getDouble(x, i));
    }
  }

  /**
   * Adds the {@code rows} rows of {@code columns} floats at {@code x}, {@code stride} floats apart,
   * to {@code sums}.
   */
  public static void addRows(long x, long stride, int rows, int columns, double[] sums) {
    for (int row = 0; row < rows; row += FLOAT_RUN) {
      int run = Math.min(FLOAT_RUN, rows - row);
      long at = x + 4L * row * stride;
      int done = Simd.available() ? SumVectors.addRows(at, stride, run, columns, sums) : 0;
      addRows(at, stride, run, done, columns, sums);
    }
  }

  private static void addRows(long x, long stride, int rows, int from, int to, double[] sums) {
    for (int row = 0; row < rows && from < to; row++) {
      for (int c = from; c < to; c++) {
        sums[c] += getFloat(x, row * stride + c);
      }
    }
  }
}
