package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.broadcast;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@link BatchNormLoops} on whole periods. */
final class BatchNormVectors {
  /**
   * Periods added in float32 before the sum goes on in float64; few, because values on a grid
   * (images) round to the same side again and again.
   */
  private static final int FLOAT_RUN = 32;

  private BatchNormVectors() {}

  static void moments(long x, int periods, long pivot, int period, long sums) {
    for (int c = 0; c < period; c += 2 * COUNT) {
      for (int from = 0; from < periods; from += FLOAT_RUN) {
        int run = Math.min(FLOAT_RUN, periods - from);
        momentsOfRun(
            x + 4L * (c + (long) from * period), run, pivot + 4L * c, period, sums + 8L * c);
      }
    }
  }

  // Two columns of vectors, with two sums each: enough chains to keep the adders busy.
  private static void momentsOfRun(long x, int run, long pivot, int period, long sums) {
    FloatVector pivot0 = load(pivot, 0);
    FloatVector pivot1 = load(pivot, COUNT);
    FloatVector sum0 = FloatVector.zero(Lanes.F);
    FloatVector sum1 = sum0;
    FloatVector squares0 = sum0;
    FloatVector squares1 = sum0;
    long at = x;
    for (int row = 0; row < run; row++) {
      FloatVector d0 = load(at, 0).sub(pivot0);
      FloatVector d1 = load(at, COUNT).sub(pivot1);
      sum0 = sum0.add(d0);
      sum1 = sum1.add(d1);
      squares0 = d0.fma(d0, squares0);
      squares1 = d1.fma(d1, squares1);
      at += 4L * period;
    }
    addAsDoubles(sum0, sums, 0);
    addAsDoubles(sum1, sums, COUNT);
    addAsDoubles(squares0, sums, period);
    addAsDoubles(squares1, sums, period + COUNT);
  }

  static void normalize(
      long x,
      long residual,
      long y,
      int n,
      long scale,
      long shift,
      int period,
      float low,
      float high) {
    if (residual == 0) {
      normalize(x, y, n, scale, shift, period, low, high);
    } else {
      normalizeAdded(x, residual, y, n, scale, shift, period, low, high);
    }
  }

  private static void normalize(
      long x, long y, int n, long scale, long shift, int period, float low, float high) {
    FloatVector lowest = broadcast(low);
    FloatVector highest = broadcast(high);
    for (int at = 0; at < n; at += period) {
      for (int c = 0; c < period; c += COUNT) {
        FloatVector v = load(x, at + c).fma(load(scale, c), load(shift, c));
        store(cut(v, lowest, highest), y, at + c);
      }
    }
  }

  private static void normalizeAdded(
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
        FloatVector v =
            load(x, at + c).fma(load(scale, c), load(shift, c)).add(load(residual, at + c));
        store(cut(v, lowest, highest), y, at + c);
      }
    }
  }

  // Comparisons let NaN through.
  private static FloatVector cut(FloatVector v, FloatVector low, FloatVector high) {
    FloatVector raised = v.blend(low, v.compare(VectorOperators.LT, low));
    return raised.blend(high, raised.compare(VectorOperators.GT, high));
  }

  static void gradientSums(
      long dy,
      long y,
      long x,
      int periods,
      long mean,
      int period,
      float low,
      float high,
      long sums) {
    for (int c = 0; c < period; c += 2 * COUNT) {
      for (int from = 0; from < periods; from += FLOAT_RUN) {
        int run = Math.min(FLOAT_RUN, periods - from);
        long offset = 4L * (c + (long) from * period);
        if (y == 0) {
          sumPlain(dy + offset, x + offset, run, mean + 4L * c, period, sums + 8L * c);
        } else {
          sumMasked(
              dy + offset,
              y + offset,
              x + offset,
              run,
              mean + 4L * c,
              period,
              low,
              high,
              sums + 8L * c);
        }
      }
    }
  }

  private static void sumPlain(long dy, long x, int run, long mean, int period, long sums) {
    FloatVector mean0 = load(mean, 0);
    FloatVector mean1 = load(mean, COUNT);
    FloatVector sum0 = FloatVector.zero(Lanes.F);
    FloatVector sum1 = sum0;
    FloatVector product0 = sum0;
    FloatVector product1 = sum0;
    long offset = 0;
    for (int row = 0; row < run; row++) {
      FloatVector d0 = load(dy + offset, 0);
      FloatVector d1 = load(dy + offset, COUNT);
      sum0 = sum0.add(d0);
      sum1 = sum1.add(d1);
      product0 = d0.fma(load(x + offset, 0).sub(mean0), product0);
      product1 = d1.fma(load(x + offset, COUNT).sub(mean1), product1);
      offset += 4L * period;
    }
    addAsDoubles(sum0, sums, 0);
    addAsDoubles(sum1, sums, COUNT);
    addAsDoubles(product0, sums, period);
    addAsDoubles(product1, sums, period + COUNT);
  }

  private static void sumMasked(
      long dy, long y, long x, int run, long mean, int period, float low, float high, long sums) {
    FloatVector lowest = broadcast(low);
    FloatVector highest = broadcast(high);
    FloatVector mean0 = load(mean, 0);
    FloatVector mean1 = load(mean, COUNT);
    FloatVector sum0 = FloatVector.zero(Lanes.F);
    FloatVector sum1 = sum0;
    FloatVector product0 = sum0;
    FloatVector product1 = sum0;
    long offset = 0;
    for (int row = 0; row < run; row++) {
      FloatVector d0 = masked(load(dy + offset, 0), load(y + offset, 0), lowest, highest);
      FloatVector d1 = masked(load(dy + offset, COUNT), load(y + offset, COUNT), lowest, highest);
      sum0 = sum0.add(d0);
      sum1 = sum1.add(d1);
      product0 = d0.fma(load(x + offset, 0).sub(mean0), product0);
      product1 = d1.fma(load(x + offset, COUNT).sub(mean1), product1);
      offset += 4L * period;
    }
    addAsDoubles(sum0, sums, 0);
    addAsDoubles(sum1, sums, COUNT);
    addAsDoubles(product0, sums, period);
    addAsDoubles(product1, sums, period + COUNT);
  }

  private static FloatVector masked(
      FloatVector dy, FloatVector y, FloatVector low, FloatVector high) {
    FloatVector zero = FloatVector.zero(Lanes.F);
    FloatVector above = zero.blend(dy, y.compare(VectorOperators.GT, low));
    return zero.blend(above, y.compare(VectorOperators.LT, high));
  }

  static void gradient(
      long dy,
      long y,
      long x,
      long dx,
      long residual,
      int n,
      long a,
      long b,
      long c,
      int period,
      float low,
      float high) {
    if (y == 0) {
      gradientPlain(dy, x, dx, n, a, b, c, period);
      if (residual != 0) {
        Native.copy(dy, residual, 4L * n);
      }
    } else if (residual == 0) {
      gradientMasked(dy, y, x, dx, n, a, b, c, period, low, high);
    } else {
      gradientBoth(dy, y, x, dx, residual, n, a, b, c, period, low, high);
    }
  }

  private static void gradientPlain(
      long dy, long x, long dx, int n, long a, long b, long c, int period) {
    for (int at = 0; at < n; at += period) {
      for (int i = 0; i < period; i += COUNT) {
        FloatVector rest = load(x, at + i).fma(load(b, i), load(c, i));
        store(load(dy, at + i).fma(load(a, i), rest), dx, at + i);
      }
    }
  }

  private static void gradientMasked(
      long dy,
      long y,
      long x,
      long dx,
      int n,
      long a,
      long b,
      long c,
      int period,
      float low,
      float high) {
    FloatVector lowest = broadcast(low);
    FloatVector highest = broadcast(high);
    for (int at = 0; at < n; at += period) {
      for (int i = 0; i < period; i += COUNT) {
        FloatVector dz = masked(load(dy, at + i), load(y, at + i), lowest, highest);
        FloatVector rest = load(x, at + i).fma(load(b, i), load(c, i));
        store(dz.fma(load(a, i), rest), dx, at + i);
      }
    }
  }

  private static void gradientBoth(
      long dy,
      long y,
      long x,
      long dx,
      long residual,
      int n,
      long a,
      long b,
      long c,
      int period,
      float low,
      float high) {
    FloatVector lowest = broadcast(low);
    FloatVector highest = broadcast(high);
    for (int at = 0; at < n; at += period) {
      for (int i = 0; i < period; i += COUNT) {
        FloatVector dz = masked(load(dy, at + i), load(y, at + i), lowest, highest);
        FloatVector rest = load(x, at + i).fma(load(b, i), load(c, i));
        store(dz.fma(load(a, i), rest), dx, at + i);
        store(dz, residual, at + i);
      }
    }
  }

  private static void addAsDoubles(FloatVector v, long sums, int place) {
    for (int part = 0; part < COUNT / Lanes.DOUBLES; part++) {
      long at = sums + 8L * (place + part * Lanes.DOUBLES);
      DoubleVector values = (DoubleVector) v.convertShape(VectorOperators.F2D, Lanes.D, part);
      DoubleVector.fromMemorySegment(Lanes.D, Native.ALL, at, ByteOrder.nativeOrder())
          .add(values)
          .intoMemorySegment(Native.ALL, at, ByteOrder.nativeOrder());
    }
  }
}
