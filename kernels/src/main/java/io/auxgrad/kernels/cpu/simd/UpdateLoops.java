package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

/**
 * Linear updates of arrays. The products are rounded before they are added, in vectors and tails
 * alike.
 */
public final class UpdateLoops {
  private UpdateLoops() {}

  /** {@code target += x}. */
  public static void accumulate(long target, long x, int n) {
    for (int i = Simd.available() ? UpdateVectors.accumulate(target, x, n) : 0; i < n; i++) {
      putFloat(target, i, getFloat(target, i) + getFloat(x, i));
    }
  }

  /** {@code x *= factors}, element by element, and {@code sum += x}. */
  public static void scaleAndAdd(long x, long factors, long sum, int n) {
    for (int i = Simd.available() ? UpdateVectors.scaleAndAdd(x, factors, sum, n) : 0; i < n; i++) {
      float product = getFloat(x, i) * getFloat(factors, i);
      putFloat(x, i, product);
      putFloat(sum, i, getFloat(sum, i) + product);
    }
  }

  /** {@code y = scale * x + shift}; {@code y} may be {@code x}. */
  public static void affine(long x, float scale, float shift, long y, int n) {
    for (int i = Simd.available() ? UpdateVectors.affine(x, scale, shift, y, n) : 0; i < n; i++) {
      putFloat(y, i, getFloat(x, i) * scale + shift);
    }
  }

  /** {@code x *= factor}. */
  public static void scale(long x, float factor, int n) {
    for (int i = Simd.available() ? UpdateVectors.scale(x, factor, n) : 0; i < n; i++) {
      putFloat(x, i, getFloat(x, i) * factor);
    }
  }

  /** {@code average = decay * average + (1 - decay) * x}. */
  public static void average(long average, long x, float decay, int n) {
    float rest = 1 - decay;
    for (int i = Simd.available() ? UpdateVectors.average(average, x, decay, n) : 0; i < n; i++) {
      putFloat(average, i, getFloat(average, i) * decay + getFloat(x, i) * rest);
    }
  }

  /** {@code x = value}. */
  public static void fill(long x, float value, int n) {
    for (int i = Simd.available() ? UpdateVectors.fill(x, value, n) : 0; i < n; i++) {
      putFloat(x, i, value);
    }
  }
}
