package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import io.auxgrad.tensor.ops.OptimizerOps.Sgd;
import jdk.incubator.vector.FloatVector;

/** {@link SgdLoops} on whole vectors; each returns the first element that is left to do. */
final class SgdVectors {
  private SgdVectors() {}

  static int plain(long parameter, long gradient, Sgd s, int n) {
    FloatVector rate = broadcast(F, s.learningRate());
    FloatVector decay = broadcast(F, s.weightDecay());
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector w = fromMemorySegment(F, ALL, parameter + 4L * i, ORDER);
      FloatVector g = fromMemorySegment(F, ALL, gradient + 4L * i, ORDER).add(w.mul(decay));
      w.sub(g.mul(rate)).intoMemorySegment(ALL, parameter + 4L * i, ORDER);
    }
    return end;
  }

  static int momentum(long parameter, long gradient, long velocity, Sgd s, int n) {
    FloatVector rate = broadcast(F, s.learningRate());
    FloatVector decay = broadcast(F, s.weightDecay());
    FloatVector momentum = broadcast(F, s.momentum());
    FloatVector fresh = broadcast(F, 1 - s.dampening());
    FloatVector gradientShare = broadcast(F, s.nesterov() ? 1 : 0);
    FloatVector velocityShare = broadcast(F, s.nesterov() ? s.momentum() : 1);
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector w = fromMemorySegment(F, ALL, parameter + 4L * i, ORDER);
      FloatVector g = fromMemorySegment(F, ALL, gradient + 4L * i, ORDER).add(w.mul(decay));
      FloatVector v =
          fromMemorySegment(F, ALL, velocity + 4L * i, ORDER).mul(momentum).add(g.mul(fresh));
      v.intoMemorySegment(ALL, velocity + 4L * i, ORDER);
      FloatVector step = g.mul(gradientShare).add(v.mul(velocityShare));
      w.sub(step.mul(rate)).intoMemorySegment(ALL, parameter + 4L * i, ORDER);
    }
    return end;
  }

  static int firstStep(long parameter, long gradient, long velocity, Sgd s, int n) {
    FloatVector rate = broadcast(F, s.learningRate());
    FloatVector decay = broadcast(F, s.weightDecay());
    FloatVector gradientShare = broadcast(F, s.nesterov() ? 1 : 0);
    FloatVector velocityShare = broadcast(F, s.nesterov() ? s.momentum() : 1);
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector w = fromMemorySegment(F, ALL, parameter + 4L * i, ORDER);
      FloatVector v = fromMemorySegment(F, ALL, gradient + 4L * i, ORDER).add(w.mul(decay));
      v.intoMemorySegment(ALL, velocity + 4L * i, ORDER);
      FloatVector step = v.mul(gradientShare).add(v.mul(velocityShare));
      w.sub(step.mul(rate)).intoMemorySegment(ALL, parameter + 4L * i, ORDER);
    }
    return end;
  }
}
