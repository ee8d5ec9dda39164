package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** Two vectors side by side, and the vectors of their even and of their odd places. */
final class LanePairs {
  private static final VectorShuffle<Float> LOW = VectorShuffle.fromOp(F, i -> i / 2);
  private static final VectorShuffle<Float> HIGH = VectorShuffle.fromOp(F, i -> (COUNT + i) / 2);
  private static final VectorShuffle<Float> EVEN =
      VectorShuffle.fromOp(F, i -> 2 * (i % (COUNT / 2)));
  private static final VectorShuffle<Float> UNEVEN =
      VectorShuffle.fromOp(F, i -> 2 * (i % (COUNT / 2)) + 1);
  private static final VectorMask<Float> UPPER =
      F.maskAll(true).andNot(F.indexInRange(0, COUNT / 2));
  private static final VectorMask<Float> ODD = VectorMask.fromLong(F, 0xAAAA_AAAA_AAAA_AAAAL);

  private LanePairs() {}

  /** The even places of two vectors. */
  static FloatVector evens(FloatVector low, FloatVector high) {
    return low.rearrange(EVEN).blend(high.rearrange(EVEN), UPPER);
  }

  /** The odd places of two vectors. */
  static FloatVector odds(FloatVector low, FloatVector high) {
    return low.rearrange(UNEVEN).blend(high.rearrange(UNEVEN), UPPER);
  }

  /** The first of the two vectors. */
  static FloatVector low(FloatVector evens, FloatVector odds) {
    return evens.rearrange(LOW).blend(odds.rearrange(LOW), ODD);
  }

  /** The second of the two vectors. */
  static FloatVector high(FloatVector evens, FloatVector odds) {
    return evens.rearrange(HIGH).blend(odds.rearrange(HIGH), ODD);
  }
}
