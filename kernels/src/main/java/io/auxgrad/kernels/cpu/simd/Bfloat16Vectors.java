package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/** {@link Bfloat16Loops} on whole vectors; each returns the first element that is left. */
final class Bfloat16Vectors {
  private Bfloat16Vectors() {}

  static int add(long a, long b, long y, int n) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      Bfloat16.store(Bfloat16.load(a, i).add(Bfloat16.load(b, i)), y, i);
    }
    return end;
  }

  static int relu6(long x, long y, int n) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      Bfloat16.store(VectorMath.clamp(Bfloat16.load(x, i), 0f, 6f), y, i);
    }
    return end;
  }

  static int relu6Gradient(long dy, long y, long dx, int n) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector g = Bfloat16.load(dy, i);
      FloatVector at = Bfloat16.load(y, i);
      FloatVector kept = FloatVector.zero(F).blend(g, at.compare(GT, 0f).and(at.compare(LT, 6f)));
      Bfloat16.store(kept, dx, i);
    }
    return end;
  }
}
