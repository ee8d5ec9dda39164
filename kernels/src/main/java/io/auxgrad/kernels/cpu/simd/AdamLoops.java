package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

import io.auxgrad.tensor.ops.OptimizerOps.Adam;

/** Adam and AdamW on a stretch of parameters, rounded as in {@link SgdLoops}. */
public final class AdamLoops {
  private AdamLoops() {}

  /**
   * The numbers of one step.
   *
   * @param penalty times the parameter is added to the gradient
   * @param shrink factor of the parameter before the step
   * @param beta1 decay of the mean
   * @param fresh1 share of the gradient in the mean
   * @param beta2 decay of the squares
   * @param fresh2 share of the squared gradient in the squares
   * @param size step size with the bias of the mean corrected
   * @param correction factor of the root of the squares
   * @param eps added to that
   */
  public record Step(
      float penalty,
      float shrink,
      float beta1,
      float fresh1,
      float beta2,
      float fresh2,
      float size,
      float correction,
      float eps) {
    /** Step {@code step}, from 1. */
    public static Step of(Adam a, long step) {
      double rate = a.learningRate();
      return new Step(
          a.decoupled() ? 0 : a.weightDecay(),
          (float) (a.decoupled() ? 1 - rate * a.weightDecay() : 1),
          a.beta1(),
          1 - a.beta1(),
          a.beta2(),
          1 - a.beta2(),
          (float) (rate / (1 - Math.pow(a.beta1(), step))),
          (float) (1 / Math.sqrt(1 - Math.pow(a.beta2(), step))),
          a.eps());
    }
  }

  /** Updates parameters, means and squares. */
  public static void step(long parameter, long gradient, long mean, long square, Step s, int n) {
    int done = Simd.available() ? AdamVectors.step(parameter, gradient, mean, square, s, n) : 0;
    for (int i = done; i < n; i++) {
      float w = getFloat(parameter, i);
      float g = getFloat(gradient, i) + s.penalty * w;
      float m = getFloat(mean, i) * s.beta1 + g * s.fresh1;
      float v = getFloat(square, i) * s.beta2 + g * g * s.fresh2;
      putFloat(mean, i, m);
      putFloat(square, i, v);
      float root = (float) Math.sqrt(v) * s.correction + s.eps;
      putFloat(parameter, i, w * s.shrink - m / root * s.size);
    }
  }
}
