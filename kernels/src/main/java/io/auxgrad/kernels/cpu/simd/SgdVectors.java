package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.broadcast;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

import io.auxgrad.tensor.ops.OptimizerOps.Sgd;
import jdk.incubator.vector.FloatVector;

/** {@link SgdLoops} on whole vectors; each returns the first element that is left to do. */
final class SgdVectors {
  private SgdVectors() {}

  static int plain(long parameter, long gradient, Sgd s, int n) {
    FloatVector rate = broadcast(s.learningRate());
    FloatVector decay = broadcast(s.weightDecay());
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector w = load(parameter, i);
      FloatVector g = load(gradient, i).add(w.mul(decay));
      store(w.sub(g.mul(rate)), parameter, i);
    }
    return end;
  }

  static int momentum(long parameter, long gradient, long velocity, Sgd s, int n) {
    FloatVector rate = broadcast(s.learningRate());
    FloatVector decay = broadcast(s.weightDecay());
    FloatVector momentum = broadcast(s.momentum());
    FloatVector fresh = broadcast(1 - s.dampening());
    FloatVector gradientShare = broadcast(s.nesterov() ? 1 : 0);
    FloatVector velocityShare = broadcast(s.nesterov() ? s.momentum() : 1);
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector w = load(parameter, i);
      FloatVector g = load(gradient, i).add(w.mul(decay));
      FloatVector v = load(velocity, i).mul(momentum).add(g.mul(fresh));
      store(v, velocity, i);
      FloatVector step = g.mul(gradientShare).add(v.mul(velocityShare));
      store(w.sub(step.mul(rate)), parameter, i);
    }
    return end;
  }

  static int firstStep(long parameter, long gradient, long velocity, Sgd s, int n) {
    FloatVector rate = broadcast(s.learningRate());
    FloatVector decay = broadcast(s.weightDecay());
    FloatVector gradientShare = broadcast(s.nesterov() ? 1 : 0);
    FloatVector velocityShare = broadcast(s.nesterov() ? s.momentum() : 1);
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector w = load(parameter, i);
      FloatVector v = load(gradient, i).add(w.mul(decay));
      store(v, velocity, i);
      FloatVector step = v.mul(gradientShare).add(v.mul(velocityShare));
      store(w.sub(step.mul(rate)), parameter, i);
    }
    return end;
  }
}
