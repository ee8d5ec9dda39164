package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

import io.auxgrad.kernels.cpu.simd.AdamLoops.Step;
import jdk.incubator.vector.FloatVector;

/** {@link AdamLoops} on whole vectors. */
final class AdamVectors {
  private AdamVectors() {}

  /** Returns the first element that is left to do. */
  static int step(long parameter, long gradient, long mean, long square, Step s, int n) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector w = load(parameter, i);
      FloatVector g = load(gradient, i).add(w.mul(s.penalty()));
      FloatVector m = load(mean, i).mul(s.beta1()).add(g.mul(s.fresh1()));
      FloatVector v = load(square, i).mul(s.beta2()).add(g.mul(g).mul(s.fresh2()));
      store(m, mean, i);
      store(v, square, i);
      FloatVector root = v.sqrt().mul(s.correction()).add(s.eps());
      store(w.mul(s.shrink()).sub(m.div(root).mul(s.size())), parameter, i);
    }
    return end;
  }
}
