package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.BatchNormVectors.FLOAT_RUN;
import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.broadcast;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

import io.auxgrad.kernels.cpu.simd.BatchNormLoops.Mask;
import jdk.incubator.vector.FloatVector;

/**
 * {@link BatchNormLoops} on whole periods of bfloat16: the loops of {@link BatchNormVectors} again,
 * because one loop for both types would put its vectors into objects.
 */
final class BatchNormBfloat16 {
  private BatchNormBfloat16() {}

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
      FloatVector d0 = Bfloat16.load(x, at).sub(pivot0);
      FloatVector d1 = Bfloat16.load(x, at + COUNT).sub(pivot1);
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
      long xs = x + 2L * at;
      long ys = y + 2L * at;
      for (int c = 0; c < period; c += COUNT) {
        FloatVector v = Bfloat16.load(xs, c).fma(load(scale, c), load(shift, c));
        Bfloat16.store(Lanes.cut(v, lowest, highest), ys, c);
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
      long xs = x + 2L * at;
      long residuals = residual + 2L * at;
      long ys = y + 2L * at;
      for (int c = 0; c < period; c += COUNT) {
        FloatVector v = Bfloat16.load(xs, c).fma(load(scale, c), load(shift, c));
        FloatVector sum = v.add(Bfloat16.load(residuals, c));
        Bfloat16.store(Lanes.cut(sum, lowest, highest), ys, c);
      }
    }
  }

  static void gradientSums(
      long dy, long x, long source, Mask mask, int periods, long mean, int period, long sums) {
    long floats = BatchNormLoops.floatSums(sums, period);
    for (int from = 0; from < periods; from += FLOAT_RUN) {
      int run = Math.min(FLOAT_RUN, periods - from);
      for (int c = 0; c < period; c += COUNT) {
        gradientSumsOfRun(dy, x, source, mask, from * period + c, run, mean, period, c, floats);
      }
      SumVectors.addAsDoubles(floats, sums, 2 * period);
    }
  }

  // One column of vectors: of two, the compiler puts the sums into objects.
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
    FloatVector scale = load(mask.scale(), c);
    FloatVector shift = load(mask.shift(), c);
    FloatVector average = load(mean, c);
    FloatVector sum = FloatVector.zero(Lanes.F);
    FloatVector product = sum;
    int at = first;
    for (int row = 0; row < run; row++) {
      FloatVector v = Bfloat16.load(source, at).fma(scale, shift);
      FloatVector dz = Lanes.inside(Bfloat16.load(dy, at), v, low, high);
      sum = sum.add(dz);
      product = dz.fma(Bfloat16.load(x, at).sub(average), product);
      at += period;
    }
    store(sum, floats, c);
    store(product, floats, period + c);
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
      long dys = dy + 2L * at;
      long xs = x + 2L * at;
      long sources = source + 2L * at;
      long dxs = dx + 2L * at;
      long residuals = residual + 2L * at;
      for (int i = 0; i < period; i += COUNT) {
        FloatVector v = Bfloat16.load(sources, i).fma(load(mask.scale(), i), load(mask.shift(), i));
        FloatVector dz = Lanes.inside(Bfloat16.load(dys, i), v, low, high);
        FloatVector rest = Bfloat16.load(xs, i).fma(load(b, i), load(c, i));
        Bfloat16.store(dz.fma(load(a, i), rest), dxs, i);
        if (residual != 0) {
          Bfloat16.store(dz, residuals, i);
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
        long at = 2L * row * period;
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
      FloatVector v = Bfloat16.load(source, c).fma(load(mask.scale(), c), load(mask.shift(), c));
      FloatVector dz = Lanes.inside(Bfloat16.load(dy, c), v, low, high);
      Bfloat16.store(dz.mul(load(a, c)), dx, c);
      store(load(floats, c).add(dz), floats, c);
      FloatVector off = Bfloat16.load(x, c).sub(load(mean, c));
      store(dz.fma(off, load(products, c)), products, c);
    }
  }
}
