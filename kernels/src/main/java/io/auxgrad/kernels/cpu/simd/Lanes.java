package io.auxgrad.kernels.cpu.simd;

import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vectors of the widest shape of this processor, in native memory.
 *
 * <p>All loops of this package use one shape for a type of elements. The JVM notes which classes of
 * vectors each of the Vector API's methods has met; where there were two shapes, it is left to
 * chance from start to start whether a loop is compiled to instructions or to objects, which make a
 * training step a tenth slower.
 */
final class Lanes {
  static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  static final int COUNT = F.length();

  /** Of the same shape as {@link #F}: half as many lanes. */
  static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;

  static final int DOUBLES = D.length();

  /** Each lane's own number. */
  static final FloatVector INDEX = FloatVector.zero(F).addIndex(1);

  private static final FloatVector ZERO = FloatVector.zero(F);

  static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final VectorShuffle<Float> BY_1 = rotation(1);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_8 = rotation(8);

  private Lanes() {}

  private static VectorShuffle<Float> rotation(int by) {
    return VectorShuffle.iota(F, by % COUNT, 1, true);
  }

  /** Element {@code i} and those behind it. */
  static FloatVector load(long base, int i) {
    return FloatVector.fromMemorySegment(F, Native.ALL, base + 4L * i, ORDER);
  }

  /** Writes element {@code i} and those behind it. */
  static void store(FloatVector v, long base, int i) {
    v.intoMemorySegment(Native.ALL, base + 4L * i, ORDER);
  }

  static FloatVector broadcast(float value) {
    return FloatVector.broadcast(F, value);
  }

  /** The first {@code count} lanes. */
  static VectorMask<Float> first(int count) {
    return F.indexInRange(0, count);
  }

  // reduceLanes(ADD) may add in another order once it is compiled; rotations do not.

  /** The sum of all lanes, in every lane. */
  static FloatVector sum(FloatVector v) {
    FloatVector s = v;
    if (COUNT > 8) {
      s = s.add(s.rearrange(BY_8));
    }
    if (COUNT > 4) {
      s = s.add(s.rearrange(BY_4));
    }
    s = s.add(s.rearrange(BY_2));
    return s.add(s.rearrange(BY_1));
  }

  /** The largest lane, in every lane; undefined if one is NaN. */
  static FloatVector max(FloatVector v) {
    FloatVector m = v;
    if (COUNT > 8) {
      m = larger(m, m.rearrange(BY_8));
    }
    if (COUNT > 4) {
      m = larger(m, m.rearrange(BY_4));
    }
    m = larger(m, m.rearrange(BY_2));
    return larger(m, m.rearrange(BY_1));
  }

  /**
   * The larger of each pair of lanes; half the instructions of {@code max}, which orders NaN and
   * zeros.
   */
  static FloatVector larger(FloatVector a, FloatVector b) {
    return a.blend(b, b.compare(VectorOperators.GT, a));
  }

  /** {@code v} cut off at {@code low} and {@code high}; comparisons let NaN through. */
  static FloatVector cut(FloatVector v, FloatVector low, FloatVector high) {
    FloatVector raised = v.blend(low, v.compare(VectorOperators.LT, low));
    return raised.blend(high, raised.compare(VectorOperators.GT, high));
  }

  /** {@code dy}, but 0 where {@code v <= low} or {@code v >= high}; a bound that is NaN is none. */
  static FloatVector inside(FloatVector dy, FloatVector v, FloatVector low, FloatVector high) {
    FloatVector above = dy.blend(ZERO, v.compare(VectorOperators.LE, low));
    return above.blend(ZERO, v.compare(VectorOperators.GE, high));
  }

  /** The sum of all lanes, first to last. */
  static double sum(DoubleVector v) {
    // Lanes whose numbers are constants are read from a register, others by way of an object.
    double sum = v.lane(0) + v.lane(1);
    if (DOUBLES > 2) {
      sum = sum + v.lane(2) + v.lane(3);
    }
    if (DOUBLES > 4) {
      sum = sum + v.lane(4) + v.lane(5) + v.lane(6) + v.lane(7);
    }
    return sum;
  }
}
