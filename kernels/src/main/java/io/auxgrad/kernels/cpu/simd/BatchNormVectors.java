package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.ChannelTable.FACTOR;
import static io.auxgrad.kernels.cpu.simd.ChannelTable.MEAN;
import static io.auxgrad.kernels.cpu.simd.ChannelTable.REST;
import static io.auxgrad.kernels.cpu.simd.ChannelTable.SCALE;
import static io.auxgrad.kernels.cpu.simd.ChannelTable.SHIFT;
import static io.auxgrad.kernels.cpu.simd.ChannelTable.SLOPE;
import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.broadcast;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

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

  static void moments(long x, int periods, ChannelTable table, long sums) {
    int period = table.period();
    long floats = BatchNormLoops.floatSums(sums, period);
    for (int from = 0; from < periods; from += FLOAT_RUN) {
      int run = Math.min(FLOAT_RUN, periods - from);
      for (int c = 0; c < period; c += 2 * COUNT) {
        momentsOfRun(x, from * period + c, run, table.kind(MEAN), period, c, floats);
      }
      SumVectors.addAsDoubles(floats, sums, 2 * period);
    }
  }

  // Two columns of vectors, with two sums each: enough chains to keep the adders busy.
  private static void momentsOfRun(
      long x, int first, int run, long means, int period, int c, long floats) {
    FloatVector pivot0 = load(means, c);
    FloatVector pivot1 = load(means, c + COUNT);
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
      long x, long residual, long y, int n, ChannelTable table, float low, float high) {
    int period = table.period();
    long scales = table.kind(SCALE);
    long shifts = table.kind(SHIFT);
    FloatVector lowest = broadcast(low);
    FloatVector highest = broadcast(high);
    for (int at = 0; at < n; at += period) {
      long xs = x + 4L * at;
      long residuals = residual + 4L * at;
      long ys = y + 4L * at;
      for (int c = 0; c < period; c += COUNT) {
        FloatVector v = load(xs, c).fma(load(scales, c), load(shifts, c));
        if (residual != 0) {
          v = v.add(load(residuals, c));
        }
        store(Lanes.cut(v, lowest, highest), ys, c);
      }
    }
  }

  static void gradientSums(
      long dy,
      long x,
      long source,
      int periods,
      ChannelTable table,
      float low,
      float high,
      long sums) {
    int period = table.period();
    long floats = BatchNormLoops.floatSums(sums, period);
    for (int from = 0; from < periods; from += FLOAT_RUN) {
      int run = Math.min(FLOAT_RUN, periods - from);
      for (int c = 0; c < period; c += 2 * COUNT) {
        int first = from * period + c;
        gradientSumsOfRun(dy, x, source, first, run, table, c, low, high, floats);
      }
      SumVectors.addAsDoubles(floats, sums, 2 * period);
    }
  }

  private static void gradientSumsOfRun(
      long dy,
      long x,
      long source,
      int first,
      int run,
      ChannelTable table,
      int c,
      float low,
      float high,
      long floats) {
    int period = table.period();
    long scales = table.kind(SCALE);
    long shifts = table.kind(SHIFT);
    long means = table.kind(MEAN);
    FloatVector lowest = broadcast(low);
    FloatVector highest = broadcast(high);
    FloatVector scale0 = load(scales, c);
    FloatVector scale1 = load(scales, c + COUNT);
    FloatVector shift0 = load(shifts, c);
    FloatVector shift1 = load(shifts, c + COUNT);
    FloatVector mean0 = load(means, c);
    FloatVector mean1 = load(means, c + COUNT);
    FloatVector sum0 = FloatVector.zero(Lanes.F);
    FloatVector sum1 = sum0;
    FloatVector product0 = sum0;
    FloatVector product1 = sum0;
    int at = first;
    for (int row = 0; row < run; row++) {
      FloatVector v0 = load(source, at).fma(scale0, shift0);
      FloatVector v1 = load(source, at + COUNT).fma(scale1, shift1);
      FloatVector d0 = Lanes.inside(load(dy, at), v0, lowest, highest);
      FloatVector d1 = Lanes.inside(load(dy, at + COUNT), v1, lowest, highest);
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
      long dx,
      long residual,
      int n,
      ChannelTable table,
      float low,
      float high) {
    int period = table.period();
    long scales = table.kind(SCALE);
    long shifts = table.kind(SHIFT);
    long factors = table.kind(FACTOR);
    long slopes = table.kind(SLOPE);
    long rests = table.kind(REST);
    FloatVector lowest = broadcast(low);
    FloatVector highest = broadcast(high);
    for (int at = 0; at < n; at += period) {
      long dys = dy + 4L * at;
      long xs = x + 4L * at;
      long sources = source + 4L * at;
      long dxs = dx + 4L * at;
      long residuals = residual + 4L * at;
      for (int c = 0; c < period; c += COUNT) {
        FloatVector v = load(sources, c).fma(load(scales, c), load(shifts, c));
        FloatVector dz = Lanes.inside(load(dys, c), v, lowest, highest);
        FloatVector rest = load(xs, c).fma(load(slopes, c), load(rests, c));
        store(dz.fma(load(factors, c), rest), dxs, c);
        if (residual != 0) {
          store(dz, residuals, c);
        }
      }
    }
  }

  /** {@code dx = factor * dz}. */
  static void scaledGradient(
      long dy, long source, long dx, int n, ChannelTable table, float low, float high) {
    int period = table.period();
    long scales = table.kind(SCALE);
    long shifts = table.kind(SHIFT);
    long factors = table.kind(FACTOR);
    FloatVector lowest = broadcast(low);
    FloatVector highest = broadcast(high);
    for (int at = 0; at < n; at += period) {
      long dys = dy + 4L * at;
      long sources = source + 4L * at;
      long dxs = dx + 4L * at;
      for (int c = 0; c < period; c += COUNT) {
        FloatVector v = load(sources, c).fma(load(scales, c), load(shifts, c));
        FloatVector dz = Lanes.inside(load(dys, c), v, lowest, highest);
        store(dz.mul(load(factors, c)), dxs, c);
      }
    }
  }
}
