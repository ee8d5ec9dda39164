package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

/** Softmax of rows and its gradient. */
public final class SoftmaxLoops {
  private SoftmaxLoops() {}

  /** {@code y = softmax(x)} of rows {@code [lo, hi)}. */
  public static void rows(long x, int columns, long y, long lo, long hi) {
    if (Simd.available()) {
      SoftmaxVectors.rows(x, columns, y, lo, hi);
      return;
    }
    for (long row = lo; row < hi; row++) {
      long at = 4 * row * columns;
      double sum = exponentials(x + at, columns, y + at);
      UpdateLoops.scale(y + at, (float) (1 / sum), columns);
    }
  }

  /** {@code dx = y * (dy - sum(dy * y))} of rows {@code [lo, hi)}. */
  public static void gradient(long dy, long y, int columns, long dx, long lo, long hi) {
    if (Simd.available()) {
      SoftmaxVectors.gradient(dy, y, columns, dx, lo, hi);
      return;
    }
    for (long row = lo; row < hi; row++) {
      long at = 4 * row * columns;
      double dot = 0;
      for (int i = 0; i < columns; i++) {
        dot += (double) getFloat(dy + at, i) * getFloat(y + at, i);
      }
      for (int i = 0; i < columns; i++) {
        putFloat(dx + at, i, (float) (getFloat(y + at, i) * (getFloat(dy + at, i) - dot)));
      }
    }
  }

  /** Writes {@code e^(x - max)} and returns the sum. */
  private static double exponentials(long x, int n, long y) {
    float max = MaximumLoops.maximum(x, 1, n);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double e = Math.exp(getFloat(x, i) - max);
      putFloat(y, i, (float) e);
      sum += e;
    }
    return sum;
  }
}
