package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.D;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import io.auxgrad.kernels.cpu.simd.RegressionLoops.Problem;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link RegressionLoops} with a mask, on whole vectors. */
final class RegressionVectors {
  /** There is no vector of fewer than eight mask bytes. */
  static final boolean POSSIBLE = COUNT >= 8;

  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(8 * Math.max(8, COUNT)));

  // Vectors, as to make one of a number takes the compiler many nodes, of which it has so many.
  private static final FloatVector ZERO = FloatVector.zero(F);
  private static final FloatVector ONE = broadcast(F, 1);
  private static final FloatVector MINUS_ONE = broadcast(F, -1);

  private RegressionVectors() {}

  /** Where the whole vectors of {@code [lo, hi)} end. */
  static long end(long lo, long hi) {
    return hi - (hi - lo) % COUNT;
  }

  /** Where the whole vectors of bytes {@code [lo, hi)} end. */
  static long endOfBytes(long lo, long hi) {
    return hi - (hi - lo) % BYTES.length();
  }

  static long countValid(long mask, long lo, long hi) {
    long count = 0;
    for (long i = lo; i < hi; i += BYTES.length()) {
      count += ByteVector.fromMemorySegment(BYTES, ALL, mask + i, ORDER).compare(NE, 0).trueCount();
    }
    return count;
  }

  static float largest(Problem p, long lo, long hi) {
    // Not the constant, which is an object: begun with one, the loop would go on in objects.
    FloatVector max = FloatVector.zero(F);
    for (long i = lo; i < hi; i += COUNT) {
      max = max.max(error(p, i).abs());
    }
    return max.reduceLanes(VectorOperators.MAX);
  }

  static double penalties(Problem p, Penalty penalty, float bend, long lo, long hi) {
    return switch (penalty) {
      case L1 -> absolute(p, lo, hi);
      case L2 -> squared(p, lo, hi);
      case BERHU -> reverseHuber(p, bend, lo, hi);
    };
  }

  /** {@code prediction - target} where valid, else 0. */
  private static FloatVector error(Problem p, long i) {
    VectorMask<Float> valid =
        ByteVector.fromMemorySegment(BYTES, ALL, p.mask() + i, ORDER).compare(NE, 0).cast(F);
    FloatVector prediction = fromMemorySegment(F, ALL, p.prediction() + 4 * i, ORDER);
    FloatVector target = fromMemorySegment(F, ALL, p.target() + 4 * i, ORDER);
    return ZERO.blend(prediction.sub(target), valid);
  }

  private static FloatVector sign(FloatVector e) {
    return ZERO.blend(ONE, e.compare(GT, ZERO)).blend(MINUS_ONE, e.compare(LT, ZERO));
  }

  private static double absolute(Problem p, long lo, long hi) {
    DoubleVector low = DoubleVector.zero(D);
    DoubleVector high = low;
    for (long i = lo; i < hi; i += COUNT) {
      FloatVector e = error(p, i);
      if (p.gradient() != 0) {
        sign(e).mul(p.scale()).intoMemorySegment(ALL, p.gradient() + 4 * i, ORDER);
      }
      FloatVector size = e.abs();
      low = low.add(size.convertShape(F2D, D, 0));
      high = high.add(size.convertShape(F2D, D, 1));
    }
    return Lanes.sum(low.add(high));
  }

  private static double squared(Problem p, long lo, long hi) {
    DoubleVector low = DoubleVector.zero(D);
    DoubleVector high = low;
    for (long i = lo; i < hi; i += COUNT) {
      FloatVector e = error(p, i);
      if (p.gradient() != 0) {
        e.mul(2 * p.scale()).intoMemorySegment(ALL, p.gradient() + 4 * i, ORDER);
      }
      FloatVector square = e.mul(e);
      low = low.add(square.convertShape(F2D, D, 0));
      high = high.add(square.convertShape(F2D, D, 1));
    }
    return Lanes.sum(low.add(high));
  }

  private static double reverseHuber(Problem p, float bend, long lo, long hi) {
    double sum = sumOfReverseHuber(p, bend, lo, hi);
    if (p.gradient() != 0) {
      slopesOfReverseHuber(p, bend, lo, hi);
    }
    return sum;
  }

  // In one loop with the slopes the compiler would put the sum into an object.
  private static double sumOfReverseHuber(Problem p, float bend, long lo, long hi) {
    DoubleVector low = DoubleVector.zero(D);
    DoubleVector high = low;
    FloatVector curve = broadcast(F, 1 / bend);
    for (long i = lo; i < hi; i += COUNT) {
      FloatVector e = error(p, i);
      FloatVector size = e.abs();
      FloatVector square = e.mul(e).mul(curve).add(bend).mul(0.5f);
      FloatVector penalty = size.blend(square, size.compare(GT, bend));
      low = low.add(penalty.convertShape(F2D, D, 0));
      high = high.add(penalty.convertShape(F2D, D, 1));
    }
    return Lanes.sum(low.add(high));
  }

  private static void slopesOfReverseHuber(Problem p, float bend, long lo, long hi) {
    FloatVector curve = broadcast(F, 1 / bend);
    FloatVector bends = broadcast(F, bend);
    FloatVector scale = broadcast(F, p.scale());
    for (long i = lo; i < hi; i += COUNT) {
      FloatVector e = error(p, i);
      sign(e)
          .blend(e.mul(curve), e.abs().compare(GT, bends))
          .mul(scale)
          .intoMemorySegment(ALL, p.gradient() + 4 * i, ORDER);
    }
  }
}
