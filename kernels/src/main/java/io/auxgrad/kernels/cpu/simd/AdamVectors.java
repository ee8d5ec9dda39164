package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import io.auxgrad.tensor.ops.AdamStep;
import jdk.incubator.vector.FloatVector;

/** {@link AdamLoops} on whole vectors. */
final class AdamVectors {
  private AdamVectors() {}

  /** Returns the first element that is left to do. */
  static int step(long parameter, long gradient, long mean, long square, AdamStep s, int n) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector w = fromMemorySegment(F, ALL, parameter + 4L * i, ORDER);
      FloatVector g = fromMemorySegment(F, ALL, gradient + 4L * i, ORDER).add(w.mul(s.penalty()));
      FloatVector m =
          fromMemorySegment(F, ALL, mean + 4L * i, ORDER).mul(s.beta1()).add(g.mul(s.fresh1()));
      FloatVector v =
          fromMemorySegment(F, ALL, square + 4L * i, ORDER)
              .mul(s.beta2())
              .add(g.mul(g).mul(s.fresh2()));
      m.intoMemorySegment(ALL, mean + 4L * i, ORDER);
      v.intoMemorySegment(ALL, square + 4L * i, ORDER);
      FloatVector root = v.sqrt().mul(s.correction()).add(s.eps());
      w.mul(s.shrink())
          .sub(m.div(root).mul(s.size()))
          .intoMemorySegment(ALL, parameter + 4L * i, ORDER);
    }
    return end;
  }
}
