package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.broadcast;
import static io.auxgrad.kernels.cpu.simd.Lanes.larger;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link WindowLoops} for one vector of channels, pixel after pixel. A window of five is two pairs
 * and the pixel that came last; a pair serves two windows, so that a maximum takes three
 * comparisons.
 *
 * <p>Addresses are carried from pixel to pixel. Those computed of a pixel's number are checked
 * before the loop and not in it, which costs more than it saves in rows as short as these.
 */
final class WindowVectors {
  private WindowVectors() {}

  static float along(
      long x0,
      long below,
      long addend,
      long sum,
      long stride,
      long kept0,
      long kept1,
      long step,
      int pixels) {
    long x1 = x0 + below;
    long addend1 = addend + below;
    long sum1 = sum + below;
    FloatVector check = broadcast(0);
    FloatVector older0 = broadcast(Float.NEGATIVE_INFINITY);
    FloatVector old0 = older0;
    FloatVector recent0 = older0;
    FloatVector last0 = older0;
    FloatVector older1 = older0;
    FloatVector old1 = older0;
    FloatVector recent1 = older0;
    FloatVector last1 = older0;
    long from = 0;
    long to = -2 * step;
    for (int pixel = 0; pixel < pixels; pixel++) {
      FloatVector v = load(x0 + from, 0);
      FloatVector w = load(x1 + from, 0);
      if (addend != 0) {
        store(load(addend + from, 0).add(v), sum + from, 0);
        store(load(addend1 + from, 0).add(w), sum1 + from, 0);
      }
      check = check.add(v.sub(v)).add(w.sub(w));
      FloatVector pair0 = larger(last0, v);
      FloatVector pair1 = larger(last1, w);
      if (pixel > 1) {
        store(larger(larger(older0, recent0), v), kept0 + to, 0);
        store(larger(larger(older1, recent1), w), kept1 + to, 0);
      }
      older0 = old0;
      old0 = recent0;
      recent0 = pair0;
      last0 = v;
      older1 = old1;
      old1 = recent1;
      recent1 = pair1;
      last1 = w;
      from += stride;
      to += step;
    }
    store(larger(older0, recent0), kept0 + to, 0);
    store(larger(old0, last0), kept0 + to + step, 0);
    store(larger(older1, recent1), kept1 + to, 0);
    store(larger(old1, last1), kept1 + to + step, 0);
    return check.compare(VectorOperators.NE, check).anyTrue() ? Float.NaN : 0;
  }

  static void across(long[] rows, long at, long step, long y0, long y1, long stride, int pixels) {
    long a = rows[0] + at;
    long b = rows[1] + at;
    long c = rows[2] + at;
    long d = rows[3] + at;
    long e = rows[4] + at;
    long f = rows[5] + at;
    long i = 0;
    long target = 0;
    for (int pixel = 0; pixel < pixels; pixel++) {
      FloatVector first = larger(load(b + i, 0), load(c + i, 0));
      FloatVector both = larger(first, larger(load(d + i, 0), load(e + i, 0)));
      // The second row first: where there is none, its place is the first one's.
      store(larger(both, load(f + i, 0)), y1 + target, 0);
      store(larger(load(a + i, 0), both), y0 + target, 0);
      i += step;
      target += stride;
    }
  }
}
