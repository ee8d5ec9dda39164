package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.broadcast;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

import jdk.incubator.vector.FloatVector;

/** {@link UpdateLoops} on whole vectors; each returns the first element that is left to do. */
final class UpdateVectors {
  private UpdateVectors() {}

  static int accumulate(long target, long x, int n) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      store(load(target, i).add(load(x, i)), target, i);
    }
    return end;
  }

  static int affine(long x, float scale, float shift, long y, int n) {
    FloatVector a = broadcast(scale);
    FloatVector b = broadcast(shift);
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      store(load(x, i).mul(a).add(b), y, i);
    }
    return end;
  }

  static int scale(long x, float factor, int n) {
    FloatVector a = broadcast(factor);
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      store(load(x, i).mul(a), x, i);
    }
    return end;
  }

  static int average(long average, long x, float decay, int n) {
    FloatVector a = broadcast(decay);
    FloatVector b = broadcast(1 - decay);
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      store(load(average, i).mul(a).add(load(x, i).mul(b)), average, i);
    }
    return end;
  }

  static int fill(long x, float value, int n) {
    FloatVector v = broadcast(value);
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      store(v, x, i);
    }
    return end;
  }
}
