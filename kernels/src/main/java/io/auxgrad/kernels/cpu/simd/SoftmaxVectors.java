package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.broadcast;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** {@link SoftmaxLoops} with whole rows in vectors, the last one of each row under a mask. */
final class SoftmaxVectors {
  private SoftmaxVectors() {}

  static void rows(long x, int columns, long y, long lo, long hi) {
    int whole = (columns - 1) / COUNT * COUNT;
    VectorMask<Float> tail = Lanes.first(columns - whole);
    for (long row = lo; row < hi; row++) {
      long at = 4 * row * columns;
      FloatVector max = maximum(x + at, whole, tail);
      FloatVector sum = exponentials(x + at, max, whole, tail, y + at);
      scale(y + at, broadcast(1f).div(sum), whole, tail);
    }
  }

  static void gradient(long dy, long y, int columns, long dx, long lo, long hi) {
    int whole = (columns - 1) / COUNT * COUNT;
    VectorMask<Float> tail = Lanes.first(columns - whole);
    for (long row = lo; row < hi; row++) {
      long at = 4 * row * columns;
      FloatVector dot = dot(dy + at, y + at, whole, tail);
      for (int i = 0; i < whole; i += COUNT) {
        store(load(y + at, i).mul(load(dy + at, i).sub(dot)), dx + at, i);
      }
      FloatVector last = load(y + at, whole, tail).mul(load(dy + at, whole, tail).sub(dot));
      store(last, dx + at, whole, tail);
    }
  }

  private static FloatVector dot(long a, long b, int whole, VectorMask<Float> tail) {
    FloatVector sum = load(a, whole, tail).mul(load(b, whole, tail));
    for (int i = 0; i < whole; i += COUNT) {
      sum = load(a, i).fma(load(b, i), sum);
    }
    return Lanes.sum(sum);
  }

  /**
   * The largest of {@code whole} floats and of those under {@code tail} behind them, in every lane.
   */
  static FloatVector maximum(long x, int whole, VectorMask<Float> tail) {
    FloatVector max = broadcast(Float.NEGATIVE_INFINITY).blend(load(x, whole, tail), tail);
    for (int i = 0; i < whole; i += COUNT) {
      max = Lanes.larger(max, load(x, i));
    }
    return Lanes.max(max);
  }

  /** Writes {@code e^(x - max)} unless {@code y} is 0, and returns the sum, in every lane. */
  static FloatVector exponentials(
      long x, FloatVector max, int whole, VectorMask<Float> tail, long y) {
    FloatVector last = VectorMath.expOfNegative(load(x, whole, tail).sub(max));
    if (y != 0) {
      store(last, y, whole, tail);
    }
    FloatVector sum = broadcast(0f).blend(last, tail);
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector e = VectorMath.expOfNegative(load(x, i).sub(max));
      if (y != 0) {
        store(e, y, i);
      }
      sum = sum.add(e);
    }
    return Lanes.sum(sum);
  }

  private static void scale(long y, FloatVector factor, int whole, VectorMask<Float> tail) {
    for (int i = 0; i < whole; i += COUNT) {
      store(load(y, i).mul(factor), y, i);
    }
    store(load(y, whole, tail).mul(factor), y, whole, tail);
  }
}
