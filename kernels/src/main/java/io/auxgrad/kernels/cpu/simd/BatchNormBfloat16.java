package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.BatchNormVectors.FLOAT_RUN;
import static io.auxgrad.kernels.cpu.simd.Bfloat16.evens;
import static io.auxgrad.kernels.cpu.simd.Bfloat16.loadPairs;
import static io.auxgrad.kernels.cpu.simd.Bfloat16.odds;
import static io.auxgrad.kernels.cpu.simd.Bfloat16.storeExactPairs;
import static io.auxgrad.kernels.cpu.simd.Bfloat16.storePairs;
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
import static io.auxgrad.kernels.cpu.simd.PackedChannels.packed;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * {@link BatchNormLoops} on whole periods of bfloat16: the loops of {@link BatchNormVectors} again,
 * because one loop for both types would put its vectors into objects. Vectors come in pairs, even
 * channels (0) and odd ones (1).
 */
final class BatchNormBfloat16 {
  private BatchNormBfloat16() {}

  static void moments(long x, int periods, ChannelTable table, long sums) {
    int period = table.period();
    long floats = BatchNormLoops.floatSums(sums, period);
    for (int from = 0; from < periods; from += FLOAT_RUN) {
      int run = Math.min(FLOAT_RUN, periods - from);
      for (int c = 0; c < period; c += 2 * COUNT) {
        momentsOfRun(x, from * period + c, run, table, c, floats);
      }
      inOrder(floats, 2 * period);
      SumVectors.addAsDoubles(floats, sums, 2 * period);
    }
  }

  private static void momentsOfRun(
      long x, int first, int run, ChannelTable table, int c, long floats) {
    int period = table.period();
    FloatVector pivot0 = packed(table.packed(), MEAN, c);
    FloatVector pivot1 = packed(PackedChannels.odds(table.packed()), MEAN, c);
    FloatVector sum0 = FloatVector.zero(Lanes.F);
    FloatVector sum1 = sum0;
    FloatVector squares0 = sum0;
    FloatVector squares1 = sum0;
    int at = first;
    for (int row = 0; row < run; row++) {
      IntVector xs = loadPairs(x, at);
      FloatVector d0 = evens(xs).sub(pivot0);
      FloatVector d1 = odds(xs).sub(pivot1);
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
    long evens = table.packed();
    long odds = PackedChannels.odds(evens);
    FloatVector lowest = broadcast(low);
    FloatVector highest = broadcast(high);
    for (int at = 0; at < n; at += period) {
      long from = x + 2L * at;
      long residuals = residual + 2L * at;
      long to = y + 2L * at;
      for (int c = 0; c < period; c += 2 * COUNT) {
        IntVector xs = loadPairs(from, c);
        FloatVector v0 = evens(xs).fma(packed(evens, SCALE, c), packed(evens, SHIFT, c));
        FloatVector v1 = odds(xs).fma(packed(odds, SCALE, c), packed(odds, SHIFT, c));
        if (residual != 0) {
          IntVector added = loadPairs(residuals, c);
          v0 = v0.add(evens(added));
          v1 = v1.add(odds(added));
        }
        storePairs(Lanes.cut(v0, lowest, highest), Lanes.cut(v1, lowest, highest), to, c);
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
      inOrder(floats, 2 * period);
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
    long evens = table.packed();
    long odds = PackedChannels.odds(evens);
    FloatVector lowest = broadcast(low);
    FloatVector highest = broadcast(high);
    FloatVector scale0 = packed(evens, SCALE, c);
    FloatVector scale1 = packed(odds, SCALE, c);
    FloatVector shift0 = packed(evens, SHIFT, c);
    FloatVector shift1 = packed(odds, SHIFT, c);
    FloatVector mean0 = packed(evens, MEAN, c);
    FloatVector mean1 = packed(odds, MEAN, c);
    FloatVector sum0 = FloatVector.zero(Lanes.F);
    FloatVector sum1 = sum0;
    FloatVector product0 = sum0;
    FloatVector product1 = sum0;
    int at = first;
    for (int row = 0; row < run; row++) {
      IntVector sources = loadPairs(source, at);
      IntVector dys = loadPairs(dy, at);
      IntVector xs = loadPairs(x, at);
      FloatVector v0 = evens(sources).fma(scale0, shift0);
      FloatVector v1 = odds(sources).fma(scale1, shift1);
      FloatVector d0 = Lanes.inside(evens(dys), v0, lowest, highest);
      FloatVector d1 = Lanes.inside(odds(dys), v1, lowest, highest);
      sum0 = sum0.add(d0);
      sum1 = sum1.add(d1);
      product0 = d0.fma(evens(xs).sub(mean0), product0);
      product1 = d1.fma(odds(xs).sub(mean1), product1);
      at += period;
    }
    store(sum0, floats, c);
    store(sum1, floats, c + COUNT);
    store(product0, floats, period + c);
    store(product1, floats, period + c + COUNT);
  }

  /**
   * {@code dx = factor * dz + slope * x + rest}, where {@code x} is the source. As bytecode it is
   * longer than what the JVM inlines, which is wanted: compiled into its callers, with other loops,
   * the vectors would be in objects.
   */
  static void gradientOfInput(
      long dy, long x, long dx, int n, ChannelTable table, float low, float high) {
    int period = table.period();
    long evens = table.packed();
    long odds = PackedChannels.odds(evens);
    FloatVector lowest = broadcast(low);
    FloatVector highest = broadcast(high);
    for (int at = 0; at < n; at += period) {
      long gradients = dy + 2L * at;
      long inputs = x + 2L * at;
      long to = dx + 2L * at;
      for (int c = 0; c < period; c += 2 * COUNT) {
        FloatVector scale0 = packed(evens, SCALE, c);
        FloatVector scale1 = packed(odds, SCALE, c);
        FloatVector shift0 = packed(evens, SHIFT, c);
        FloatVector shift1 = packed(odds, SHIFT, c);
        FloatVector factor0 = packed(evens, FACTOR, c);
        FloatVector factor1 = packed(odds, FACTOR, c);
        FloatVector slope0 = packed(evens, SLOPE, c);
        FloatVector slope1 = packed(odds, SLOPE, c);
        FloatVector rest0 = packed(evens, REST, c);
        FloatVector rest1 = packed(odds, REST, c);
        IntVector xs = loadPairs(inputs, c);
        IntVector dys = loadPairs(gradients, c);
        FloatVector x0 = evens(xs);
        FloatVector x1 = odds(xs);
        FloatVector v0 = x0.fma(scale0, shift0);
        FloatVector v1 = x1.fma(scale1, shift1);
        FloatVector d0 = Lanes.inside(evens(dys), v0, lowest, highest);
        FloatVector d1 = Lanes.inside(odds(dys), v1, lowest, highest);
        FloatVector dx0 = d0.fma(factor0, x0.fma(slope0, rest0));
        FloatVector dx1 = d1.fma(factor1, x1.fma(slope1, rest1));
        storePairs(dx0, dx1, to, c);
      }
    }
  }

  /** {@code dz}, which is {@code dy} behind the activation. */
  static void cutOff(
      long dy, long source, long dz, int n, ChannelTable table, float low, float high) {
    int period = table.period();
    long evens = table.packed();
    long odds = PackedChannels.odds(evens);
    FloatVector lowest = broadcast(low);
    FloatVector highest = broadcast(high);
    for (int at = 0; at < n; at += period) {
      long gradients = dy + 2L * at;
      long sources = source + 2L * at;
      long to = dz + 2L * at;
      for (int c = 0; c < period; c += 2 * COUNT) {
        IntVector from = loadPairs(sources, c);
        IntVector dys = loadPairs(gradients, c);
        FloatVector v0 = evens(from).fma(packed(evens, SCALE, c), packed(evens, SHIFT, c));
        FloatVector v1 = odds(from).fma(packed(odds, SCALE, c), packed(odds, SHIFT, c));
        FloatVector d0 = Lanes.inside(evens(dys), v0, lowest, highest);
        FloatVector d1 = Lanes.inside(odds(dys), v1, lowest, highest);
        storeExactPairs(d0, d1, to, c);
      }
    }
  }

  /** {@code dx = factor * dz}. */
  static void scaledGradient(
      long dy, long source, long dx, int n, ChannelTable table, float low, float high) {
    int period = table.period();
    long evens = table.packed();
    long odds = PackedChannels.odds(evens);
    FloatVector lowest = broadcast(low);
    FloatVector highest = broadcast(high);
    for (int at = 0; at < n; at += period) {
      long gradients = dy + 2L * at;
      long sources = source + 2L * at;
      long to = dx + 2L * at;
      for (int c = 0; c < period; c += 2 * COUNT) {
        IntVector from = loadPairs(sources, c);
        IntVector dys = loadPairs(gradients, c);
        FloatVector v0 = evens(from).fma(packed(evens, SCALE, c), packed(evens, SHIFT, c));
        FloatVector v1 = odds(from).fma(packed(odds, SCALE, c), packed(odds, SHIFT, c));
        FloatVector d0 = Lanes.inside(evens(dys), v0, lowest, highest);
        FloatVector d1 = Lanes.inside(odds(dys), v1, lowest, highest);
        storePairs(d0.mul(packed(evens, FACTOR, c)), d1.mul(packed(odds, FACTOR, c)), to, c);
      }
    }
  }

  // Puts channels into their order: the odd ones lie a vector behind the even ones.
  private static void inOrder(long floats, int n) {
    for (int at = 0; at < n; at += 2 * COUNT) {
      FloatVector evens = load(floats, at);
      FloatVector odds = load(floats, at + COUNT);
      store(LanePairs.low(evens, odds), floats, at);
      store(LanePairs.high(evens, odds), floats, at + COUNT);
    }
  }
}
