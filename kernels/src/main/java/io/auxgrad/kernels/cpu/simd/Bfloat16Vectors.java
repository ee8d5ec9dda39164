package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Bfloat16.evens;
import static io.auxgrad.kernels.cpu.simd.Bfloat16.loadPairs;
import static io.auxgrad.kernels.cpu.simd.Bfloat16.odds;
import static io.auxgrad.kernels.cpu.simd.Bfloat16.storeExactPairs;
import static io.auxgrad.kernels.cpu.simd.Bfloat16.storePairs;
import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** {@link Bfloat16Loops} on pairs of vectors; each returns the first element that is left. */
final class Bfloat16Vectors {
  private static final int STEP = 2 * COUNT;

  private Bfloat16Vectors() {}

  static int add(long a, long b, long y, int n) {
    int end = n - n % STEP;
    for (int i = 0; i < end; i += STEP) {
      IntVector as = loadPairs(a, i);
      IntVector bs = loadPairs(b, i);
      storePairs(evens(as).add(evens(bs)), odds(as).add(odds(bs)), y, i);
    }
    return end;
  }

  static int relu6(long x, long y, int n) {
    int end = n - n % STEP;
    for (int i = 0; i < end; i += STEP) {
      IntVector xs = loadPairs(x, i);
      FloatVector y0 = VectorMath.clamp(evens(xs), 0f, 6f);
      FloatVector y1 = VectorMath.clamp(odds(xs), 0f, 6f);
      storeExactPairs(y0, y1, y, i);
    }
    return end;
  }

  static int relu6Gradient(long dy, long y, long dx, int n) {
    int end = n - n % STEP;
    for (int i = 0; i < end; i += STEP) {
      IntVector dys = loadPairs(dy, i);
      IntVector ys = loadPairs(y, i);
      storeExactPairs(kept(evens(dys), evens(ys)), kept(odds(dys), odds(ys)), dx, i);
    }
    return end;
  }

  private static FloatVector kept(FloatVector dy, FloatVector y) {
    return FloatVector.zero(F).blend(dy, y.compare(GT, 0f).and(y.compare(LT, 6f)));
  }
}
