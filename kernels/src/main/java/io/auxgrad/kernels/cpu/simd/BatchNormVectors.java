package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.broadcast;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

import io.auxgrad.kernels.cpu.simd.BatchNormLoops.Mask;
import jdk.incubator.vector.FloatVector;

/**
 * {@link BatchNormLoops} on whole periods of float32, in the order of memory; sums go on in memory
 * too, where the compiler cannot put them into objects.
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
      int end = Math.min(periods, from + FLOAT_RUN) * period;
      UpdateVectors.fill(floats, 0, 2 * period);
      for (int at = from * period; at < end; at += period) {
        addMoments(x, at, pivot, period, floats);
      }
      SumVectors.addAsDoubles(floats, sums, 2 * period);
    }
  }

  private static void addMoments(long x, int at, long pivot, int period, long floats) {
    long squares = floats + 4L * period;
    for (int c = 0; c < period; c += COUNT) {
      FloatVector d = load(x, at + c).sub(load(pivot, c));
      store(load(floats, c).add(d), floats, c);
      store(d.fma(d, load(squares, c)), squares, c);
    }
  }

  static void normalize(
      long x, long y, int n, long scale, long shift, int period, float low, float high) {
    FloatVector lowest = broadcast(low);
    FloatVector highest = broadcast(high);
    for (int at = 0; at < n; at += period) {
      for (int c = 0; c < period; c += COUNT) {
        FloatVector v = load(x, at + c).fma(load(scale, c), load(shift, c));
        store(Lanes.cut(v, lowest, highest), y, at + c);
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
      for (int c = 0; c < period; c += COUNT) {
        FloatVector v = load(x, at + c).fma(load(scale, c), load(shift, c));
        FloatVector sum = v.add(load(residual, at + c));
        store(Lanes.cut(sum, lowest, highest), y, at + c);
      }
    }
  }

  static void gradientSums(
      long dy, long x, long source, Mask mask, int periods, long mean, int period, long sums) {
    long floats = BatchNormLoops.floatSums(sums, period);
    for (int from = 0; from < periods; from += FLOAT_RUN) {
      int end = Math.min(periods, from + FLOAT_RUN) * period;
      UpdateVectors.fill(floats, 0, 2 * period);
      for (int at = from * period; at < end; at += period) {
        addGradients(dy, x, source, mask, at, mean, period, floats);
      }
      SumVectors.addAsDoubles(floats, sums, 2 * period);
    }
  }

  private static void addGradients(
      long dy, long x, long source, Mask mask, int at, long mean, int period, long floats) {
    FloatVector low = broadcast(mask.low());
    FloatVector high = broadcast(mask.high());
    long products = floats + 4L * period;
    for (int c = 0; c < period; c += COUNT) {
      FloatVector v = load(source, at + c).fma(load(mask.scale(), c), load(mask.shift(), c));
      FloatVector dz = Lanes.inside(load(dy, at + c), v, low, high);
      store(load(floats, c).add(dz), floats, c);
      FloatVector distance = load(x, at + c).sub(load(mean, c));
      store(dz.fma(distance, load(products, c)), products, c);
    }
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
      for (int i = 0; i < period; i += COUNT) {
        FloatVector v = load(source, at + i).fma(load(mask.scale(), i), load(mask.shift(), i));
        FloatVector dz = Lanes.inside(load(dy, at + i), v, low, high);
        FloatVector rest = load(x, at + i).fma(load(b, i), load(c, i));
        store(dz.fma(load(a, i), rest), dx, at + i);
        if (residual != 0) {
          store(dz, residual, at + i);
        }
      }
    }
  }
}
