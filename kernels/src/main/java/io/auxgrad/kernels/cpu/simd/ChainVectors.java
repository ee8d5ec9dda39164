package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.broadcast;
import static io.auxgrad.kernels.cpu.simd.Lanes.larger;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link ChainLoops} for one vector of channels, pixel after pixel. A window of five is two pairs
 * and the pixel that came last; a pair serves two windows, so that a maximum takes three
 * comparisons.
 */
final class ChainVectors {
  private ChainVectors() {}

  static float input(long x, long stride, long sum, long step, long kept, int pixels) {
    FloatVector check = broadcast(0);
    FloatVector older = broadcast(Float.NEGATIVE_INFINITY);
    FloatVector old = older;
    FloatVector recent = older;
    FloatVector last = older;
    long from = x;
    long offset = 0;
    for (int pixel = 0; pixel < pixels; pixel++) {
      FloatVector v = load(from, 0);
      store(v, sum + offset, 0);
      check = check.add(v.sub(v));
      FloatVector pair = larger(last, v);
      if (pixel > 1) {
        store(larger(larger(older, recent), v), kept + offset - 2 * step, 0);
      }
      older = old;
      old = recent;
      recent = pair;
      last = v;
      from += stride;
      offset += step;
    }
    store(larger(older, recent), kept + offset - 2 * step, 0);
    store(larger(old, last), kept + offset - step, 0);
    return any(check);
  }

  static float stage(
      long[] rows, long at, long factors, long sum, long step, long kept, int pixels) {
    long a = rows[0] + at;
    long b = rows[1] + at;
    long c = rows[2] + at;
    long d = rows[3] + at;
    long e = rows[4] + at;
    long to = sum + at;
    long target = kept + at - 2 * step;
    FloatVector factor = load(factors + at, 0);
    FloatVector check = broadcast(0);
    FloatVector older = broadcast(Float.NEGATIVE_INFINITY);
    FloatVector old = older;
    FloatVector recent = older;
    FloatVector last = older;
    long offset = 0;
    for (int pixel = 0; pixel < pixels; pixel++) {
      FloatVector v = maximum(a, b, c, d, e, offset).mul(factor);
      store(load(to + offset, 0).add(v), to + offset, 0);
      check = check.add(v.sub(v));
      FloatVector pair = larger(last, v);
      if (pixel > 1) {
        store(larger(larger(older, recent), v), target + offset, 0);
      }
      older = old;
      old = recent;
      recent = pair;
      last = v;
      offset += step;
    }
    store(larger(older, recent), target + offset, 0);
    store(larger(old, last), target + offset + step, 0);
    return any(check);
  }

  static void last(
      long[] rows, long at, long factors, long sum, long step, long y, long stride, int pixels) {
    long a = rows[0] + at;
    long b = rows[1] + at;
    long c = rows[2] + at;
    long d = rows[3] + at;
    long e = rows[4] + at;
    FloatVector factor = load(factors + at, 0);
    long from = sum + at;
    long target = y + at;
    long offset = 0;
    for (int pixel = 0; pixel < pixels; pixel++) {
      FloatVector v = maximum(a, b, c, d, e, offset).mul(factor);
      store(load(from + offset, 0).add(v), target, 0);
      offset += step;
      target += stride;
    }
  }

  private static FloatVector maximum(long a, long b, long c, long d, long e, long offset) {
    FloatVector first = larger(load(a + offset, 0), load(b + offset, 0));
    FloatVector second = larger(load(c + offset, 0), load(d + offset, 0));
    return larger(larger(first, second), load(e + offset, 0));
  }

  // What is not finite is NaN less itself, everything else 0.
  private static float any(FloatVector check) {
    return check.compare(VectorOperators.NE, check).anyTrue() ? Float.NaN : 0;
  }
}
