package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;

import jdk.incubator.vector.FloatVector;

/** {@link SpreadLoops} on whole vectors. */
final class SpreadVectors {
  private SpreadVectors() {}

  /** Returns the first element that is left to do. */
  static int addToRows(long row, float weight, long a, long b, int n) {
    FloatVector ofA = Lanes.broadcast(1 - weight);
    FloatVector ofB = Lanes.broadcast(weight);
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector v = Lanes.load(row, i);
      Lanes.store(v.fma(ofA, Lanes.load(a, i)), a, i);
      Lanes.store(v.fma(ofB, Lanes.load(b, i)), b, i);
    }
    return end;
  }
}
