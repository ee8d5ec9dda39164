package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

/**
 * Vectors brought to length 1. They are short, so one root and one division for each are what it
 * costs; lanes would have to be gathered first.
 */
public final class UnitVectorLoops {
  private UnitVectorLoops() {}

  /** {@code y = x / |x|} of rows {@code [lo, hi)}; zeros stay zeros. */
  public static void rows(long x, int columns, long y, long lo, long hi) {
    if (columns == 3) {
      normals(x, y, lo, hi);
      return;
    }
    for (long row = lo; row < hi; row++) {
      long at = 4 * row * columns;
      double squares = 0;
      for (int i = 0; i < columns; i++) {
        double v = getFloat(x + at, i);
        squares += v * v;
      }
      double factor = squares == 0 ? 0 : 1 / Math.sqrt(squares);
      for (int i = 0; i < columns; i++) {
        putFloat(y + at, i, (float) (getFloat(x + at, i) * factor));
      }
    }
  }

  // The loop over three columns costs more than all else.
  private static void normals(long x, long y, long lo, long hi) {
    for (long i = 3 * lo; i < 3 * hi; i += 3) {
      double a = getFloat(x, i);
      double b = getFloat(x, i + 1);
      double c = getFloat(x, i + 2);
      double squares = a * a + b * b + c * c;
      double factor = squares == 0 ? 0 : 1 / Math.sqrt(squares);
      putFloat(y, i, (float) (a * factor));
      putFloat(y, i + 1, (float) (b * factor));
      putFloat(y, i + 2, (float) (c * factor));
    }
  }
}
