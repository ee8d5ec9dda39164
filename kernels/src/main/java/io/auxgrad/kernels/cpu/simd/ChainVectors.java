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

  static float twoRows(
      long[] rows,
      long at,
      long factors,
      long sum0,
      long sum1,
      long step,
      long kept0,
      long kept1,
      int pixels) {
    long a = rows[0] + at;
    long b = rows[1] + at;
    long c = rows[2] + at;
    long d = rows[3] + at;
    long e = rows[4] + at;
    long f = rows[5] + at;
    long to0 = sum0 + at;
    long to1 = sum1 + at;
    long target0 = kept0 + at - 2 * step;
    long target1 = kept1 + at - 2 * step;
    FloatVector factor = load(factors + at, 0);
    FloatVector check = broadcast(0);
    FloatVector older0 = broadcast(Float.NEGATIVE_INFINITY);
    FloatVector old0 = older0;
    FloatVector recent0 = older0;
    FloatVector last0 = older0;
    FloatVector older1 = older0;
    FloatVector old1 = older0;
    FloatVector recent1 = older0;
    FloatVector last1 = older0;
    long offset = 0;
    for (int pixel = 0; pixel < pixels; pixel++) {
      FloatVector both = shared(b, c, d, e, offset);
      FloatVector v = larger(both, load(a + offset, 0)).mul(factor);
      FloatVector w = larger(both, load(f + offset, 0)).mul(factor);
      store(load(to0 + offset, 0).add(v), to0 + offset, 0);
      store(load(to1 + offset, 0).add(w), to1 + offset, 0);
      check = check.add(v.sub(v)).add(w.sub(w));
      FloatVector pair0 = larger(last0, v);
      FloatVector pair1 = larger(last1, w);
      if (pixel > 1) {
        store(larger(larger(older0, recent0), v), target0 + offset, 0);
        store(larger(larger(older1, recent1), w), target1 + offset, 0);
      }
      older0 = old0;
      old0 = recent0;
      recent0 = pair0;
      last0 = v;
      older1 = old1;
      old1 = recent1;
      recent1 = pair1;
      last1 = w;
      offset += step;
    }
    // In methods of the Vector API alone: ours are not inlined behind so much code, and their
    // vectors would become objects.
    older0
        .blend(recent0, recent0.compare(VectorOperators.GT, older0))
        .intoMemorySegment(Native.ALL, target0 + offset, Lanes.ORDER);
    old0.blend(last0, last0.compare(VectorOperators.GT, old0))
        .intoMemorySegment(Native.ALL, target0 + offset + step, Lanes.ORDER);
    older1
        .blend(recent1, recent1.compare(VectorOperators.GT, older1))
        .intoMemorySegment(Native.ALL, target1 + offset, Lanes.ORDER);
    old1.blend(last1, last1.compare(VectorOperators.GT, old1))
        .intoMemorySegment(Native.ALL, target1 + offset + step, Lanes.ORDER);
    return check.compare(VectorOperators.NE, check).anyTrue() ? Float.NaN : 0;
  }

  static void lastTwoRows(
      long[] rows,
      long at,
      long factors,
      long sum0,
      long sum1,
      long step,
      long y0,
      long y1,
      long stride,
      int pixels) {
    long a = rows[0] + at;
    long b = rows[1] + at;
    long c = rows[2] + at;
    long d = rows[3] + at;
    long e = rows[4] + at;
    long f = rows[5] + at;
    FloatVector factor = load(factors + at, 0);
    long from0 = sum0 + at;
    long from1 = sum1 + at;
    long target0 = y0 + at;
    long target1 = y1 + at;
    long offset = 0;
    for (int pixel = 0; pixel < pixels; pixel++) {
      FloatVector both = shared(b, c, d, e, offset);
      FloatVector v = larger(both, load(a + offset, 0)).mul(factor);
      FloatVector w = larger(both, load(f + offset, 0)).mul(factor);
      store(load(from0 + offset, 0).add(v), target0, 0);
      store(load(from1 + offset, 0).add(w), target1, 0);
      offset += step;
      target0 += stride;
      target1 += stride;
    }
  }

  // The maximum of the rows that two windows have in common.
  private static FloatVector shared(long b, long c, long d, long e, long offset) {
    FloatVector first = larger(load(b + offset, 0), load(c + offset, 0));
    return larger(first, larger(load(d + offset, 0), load(e + offset, 0)));
  }

  // What is not finite is NaN less itself, everything else 0.
  private static float any(FloatVector check) {
    return check.compare(VectorOperators.NE, check).anyTrue() ? Float.NaN : 0;
  }
}
