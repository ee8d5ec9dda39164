package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

import io.auxgrad.tensor.ops.AdamStep;

/** Adam and AdamW on a stretch of parameters, rounded as in {@link SgdLoops}. */
public final class AdamLoops {
  private AdamLoops() {}

  /** Updates parameters, means and squares. */
  public static void step(
      long parameter, long gradient, long mean, long square, AdamStep s, int n) {
    int done = Simd.available() ? AdamVectors.step(parameter, gradient, mean, square, s, n) : 0;
    for (int i = done; i < n; i++) {
      float w = getFloat(parameter, i);
      float g = getFloat(gradient, i) + s.penalty() * w;
      float m = getFloat(mean, i) * s.beta1() + g * s.fresh1();
      float v = getFloat(square, i) * s.beta2() + g * g * s.fresh2();
      putFloat(mean, i, m);
      putFloat(square, i, v);
      float root = (float) Math.sqrt(v) * s.correction() + s.eps();
      putFloat(parameter, i, w * s.shrink() - m / root * s.size());
    }
  }
}
