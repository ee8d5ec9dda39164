package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.broadcast;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

import io.auxgrad.kernels.cpu.simd.BatchNormLoops.Mask;
import jdk.incubator.vector.FloatVector;

/**
 * {@link BatchNormLoops} on whole periods of float32. Sums go column by column, to stay in
 * registers; what is written goes in the order of memory, as prefetching wants it, by addresses of
 * rows: with an index that is a sum, the compiler leaves the check of each address in the loop.
 */
final class BatchNormVectors {
  /**
   * Periods added in float32 before the sum goes on in float64; few, because values on a grid
   * (images) round to the same side again and again.
   */
  static final int FLOAT_RUN = 32;

  private BatchNormVectors() {}

  static void moments(long x, int periods, long pivot, int period, long sums) {
    long floats = BatchNormLoops.floatSums(sums, period);
    for (int from = 0; from < periods; from += FLOAT_RUN) {
      int run = Math.min(FLOAT_RUN, periods - from);
      for (int c = 0; c < period; c += 2 * COUNT) {
        momentsOfRun(x, from * period + c, run, pivot, period, c, floats);
      }
      SumVectors.addAsDoubles(floats, sums, 2 * period);
    }
  }

  // Two columns of vectors, with two sums each: enough chains to keep the adders busy.
  private static void momentsOfRun(
      long x, int first, int run, long pivot, int period, int c, long floats) {
    FloatVector pivot0 = load(pivot, c);
    FloatVector pivot1 = load(pivot, c + COUNT);
    FloatVector sum0 = FloatVector.zero(Lanes.F);
    FloatVector sum1 = sum0;
    FloatVector squares0 = sum0;
    FloatVector squares1 = sum0;
    int at = first;
    for (int row = 0; row < run; row++) {
      FloatVector d0 = load(x, at).sub(pivot0);
      FloatVector d1 = load(x, at + COUNT).sub(pivot1);
      sum0 = sum0.add(d0);
      sum1 = sum1.add(d1);
      squares0 = d0.fma(d0, squares0);
      squares1 = d1.fma(d1, squares1);
      at += period;
    }
    store(sum0, floats, c);
    store(sum1, floats, c + COUNT);
    store(squares0, floats, period + c);
    store(squares1, floats, period + c + COUNT);
  }

  static void normalize(
      long x, long y, int n, long scale, long shift, int period, float low, float high) {
    FloatVector lowest = broadcast(low);
    FloatVector highest = broadcast(high);
    for (int at = 0; at < n; at += period) {
      long xs = x + 4L * at;
      long ys = y + 4L * at;
      for (int c = 0; c < period; c += COUNT) {
        FloatVector v = load(xs, c).fma(load(scale, c), load(shift, c));
        store(Lanes.cut(v, lowest, highest), ys, c);
      }
    }
  }

  static void normalizeAdded(
      long x,
      long residual,
      long y,
      int n,
      long scale,
      long shift,
      int period,
      float low,
      float high) {
    FloatVector lowest = broadcast(low);
    FloatVector highest = broadcast(high);
    for (int at = 0; at < n; at += period) {
      long xs = x + 4L * at;
      long residuals = residual + 4L * at;
      long ys = y + 4L * at;
      for (int c = 0; c < period; c += COUNT) {
        FloatVector v = load(xs, c).fma(load(scale, c), load(shift, c));
        FloatVector sum = v.add(load(residuals, c));
        store(Lanes.cut(sum, lowest, highest), ys, c);
      }
    }
  }

  static void gradientSums(
      long dy, long x, long source, Mask mask, int periods, long mean, int period, long sums) {
    long floats = BatchNormLoops.floatSums(sums, period);
    for (int from = 0; from < periods; from += FLOAT_RUN) {
      int run = Math.min(FLOAT_RUN, periods - from);
      for (int c = 0; c < period; c += 2 * COUNT) {
        gradientSumsOfRun(dy, x, source, mask, from * period + c, run, mean, period, c, floats);
      }
      SumVectors.addAsDoubles(floats, sums, 2 * period);
    }
  }

  private static void gradientSumsOfRun(
      long dy,
      long x,
      long source,
      Mask mask,
      int first,
      int run,
      long mean,
      int period,
      int c,
      long floats) {
    FloatVector low = broadcast(mask.low());
    FloatVector high = broadcast(mask.high());
    FloatVector scale0 = load(mask.scale(), c);
    FloatVector scale1 = load(mask.scale(), c + COUNT);
    FloatVector shift0 = load(mask.shift(), c);
    FloatVector shift1 = load(mask.shift(), c + COUNT);
    FloatVector mean0 = load(mean, c);
    FloatVector mean1 = load(mean, c + COUNT);
    FloatVector sum0 = FloatVector.zero(Lanes.F);
    FloatVector sum1 = sum0;
    FloatVector product0 = sum0;
    FloatVector product1 = sum0;
    int at = first;
    for (int row = 0; row < run; row++) {
      FloatVector v0 = load(source, at).fma(scale0, shift0);
      FloatVector v1 = load(source, at + COUNT).fma(scale1, shift1);
      FloatVector d0 = Lanes.inside(load(dy, at), v0, low, high);
      FloatVector d1 = Lanes.inside(load(dy, at + COUNT), v1, low, high);
      sum0 = sum0.add(d0);
      sum1 = sum1.add(d1);
      product0 = d0.fma(load(x, at).sub(mean0), product0);
      product1 = d1.fma(load(x, at + COUNT).sub(mean1), product1);
      at += period;
    }
    store(sum0, floats, c);
    store(sum1, floats, c + COUNT);
    store(product0, floats, period + c);
    store(product1, floats, period + c + COUNT);
  }

  static void gradient(
      long dy,
      long x,
      long source,
      Mask mask,
      long dx,
      long residual,
      int n,
      long a,
      long b,
      long c,
      int period) {
    FloatVector low = broadcast(mask.low());
    FloatVector high = broadcast(mask.high());
    for (int at = 0; at < n; at += period) {
      long dys = dy + 4L * at;
      long xs = x + 4L * at;
      long sources = source + 4L * at;
      long dxs = dx + 4L * at;
      long residuals = residual + 4L * at;
      for (int i = 0; i < period; i += COUNT) {
        FloatVector v = load(sources, i).fma(load(mask.scale(), i), load(mask.shift(), i));
        FloatVector dz = Lanes.inside(load(dys, i), v, low, high);
        FloatVector rest = load(xs, i).fma(load(b, i), load(c, i));
        store(dz.fma(load(a, i), rest), dxs, i);
        if (residual != 0) {
          store(dz, residuals, i);
        }
      }
    }
  }

  // In the order of memory, with sums in the first cache instead of registers: it is all one pass.
  static void gradientAndSums(
      long dy,
      long x,
      long source,
      Mask mask,
      long dx,
      int periods,
      long a,
      long mean,
      int period,
      long sums) {
    long floats = BatchNormLoops.floatSums(sums, period);
    for (int from = 0; from < periods; from += FLOAT_RUN) {
      Native.clear(floats, 2L * period * Float.BYTES);
      int end = Math.min(periods, from + FLOAT_RUN);
      for (int row = from; row < end; row++) {
        long at = 4L * row * period;
        gradientAndSumsOfRow(dy + at, x + at, source + at, mask, dx + at, a, mean, period, floats);
      }
      SumVectors.addAsDoubles(floats, sums, 2 * period);
    }
  }

  private static void gradientAndSumsOfRow(
      long dy,
      long x,
      long source,
      Mask mask,
      long dx,
      long a,
      long mean,
      int period,
      long floats) {
    FloatVector low = broadcast(mask.low());
    FloatVector high = broadcast(mask.high());
    long products = floats + 4L * period;
    for (int c = 0; c < period; c += COUNT) {
      FloatVector v = load(source, c).fma(load(mask.scale(), c), load(mask.shift(), c));
      FloatVector dz = Lanes.inside(load(dy, c), v, low, high);
      store(dz.mul(load(a, c)), dx, c);
      store(load(floats, c).add(dz), floats, c);
      FloatVector off = load(x, c).sub(load(mean, c));
      store(dz.fma(off, load(products, c)), products, c);
    }
  }
}
