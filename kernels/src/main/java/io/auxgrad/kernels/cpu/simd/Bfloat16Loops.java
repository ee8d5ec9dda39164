package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getBfloat16;
import static io.auxgrad.kernels.cpu.simd.Native.putBfloat16;

/**
 * The element-wise ops that networks spend time on, on bfloat16 where it lies: one pass instead of
 * three by way of a float32 tile.
 */
public final class Bfloat16Loops {
  private static final float SIX = 6;

  private Bfloat16Loops() {}

  /** {@code y = a + b}; {@code y} may be {@code a}. */
  public static void add(long a, long b, long y, int n) {
    for (int i = Simd.available() ? Bfloat16Vectors.add(a, b, y, n) : 0; i < n; i++) {
      putBfloat16(y, i, getBfloat16(a, i) + getBfloat16(b, i));
    }
  }

  /** {@code y = min(6, max(0, x))}. */
  public static void relu6(long x, long y, int n) {
    for (int i = Simd.available() ? Bfloat16Vectors.relu6(x, y, n) : 0; i < n; i++) {
      putBfloat16(y, i, Math.min(SIX, Math.max(0, getBfloat16(x, i))));
    }
  }

  /** {@code dx = dy} where {@code 0 < y < 6}, else 0. */
  public static void relu6Gradient(long dy, long y, long dx, int n) {
    for (int i = Simd.available() ? Bfloat16Vectors.relu6Gradient(dy, y, dx, n) : 0; i < n; i++) {
      float at = getBfloat16(y, i);
      putBfloat16(dx, i, at > 0 && at < SIX ? getBfloat16(dy, i) : 0);
    }
  }
}
