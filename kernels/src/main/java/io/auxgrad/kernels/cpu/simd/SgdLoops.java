package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

import io.auxgrad.tensor.ops.OptimizerOps.Sgd;

/**
 * Stochastic gradient descent on a stretch of parameters. Products are rounded before they are
 * added, in vectors and tails alike: where a stretch begins and ends does not show.
 */
public final class SgdLoops {
  private SgdLoops() {}

  /** Without momentum. */
  public static void plain(long parameter, long gradient, Sgd s, int n) {
    for (int i = Simd.available() ? SgdVectors.plain(parameter, gradient, s, n) : 0; i < n; i++) {
      float w = getFloat(parameter, i);
      float g = getFloat(gradient, i) + s.weightDecay() * w;
      putFloat(parameter, i, w - s.learningRate() * g);
    }
  }

  /** With momentum; at the first step the velocity is only written. */
  public static void momentum(
      long parameter, long gradient, long velocity, boolean first, Sgd s, int n) {
    int done = Simd.available() ? vectors(parameter, gradient, velocity, first, s, n) : 0;
    float gradientShare = s.nesterov() ? 1 : 0;
    float velocityShare = s.nesterov() ? s.momentum() : 1;
    for (int i = done; i < n; i++) {
      float w = getFloat(parameter, i);
      float g = getFloat(gradient, i) + s.weightDecay() * w;
      float v = first ? g : s.momentum() * getFloat(velocity, i) + (1 - s.dampening()) * g;
      putFloat(velocity, i, v);
      putFloat(parameter, i, w - s.learningRate() * (gradientShare * g + velocityShare * v));
    }
  }

  private static int vectors(
      long parameter, long gradient, long velocity, boolean first, Sgd s, int n) {
    return first
        ? SgdVectors.firstStep(parameter, gradient, velocity, s, n)
        : SgdVectors.momentum(parameter, gradient, velocity, s, n);
  }
}
