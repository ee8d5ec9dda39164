package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vectors of floats kept as bfloat16 in native memory: the upper half of a float's bits.
 *
 * <p>In pairs of vectors, those of the even and those of the odd places, they come and go with half
 * of the instructions: each int in memory is one of either.
 */
final class Bfloat16 {
  private static final VectorSpecies<Integer> INTS = F.withLanes(int.class);
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(16 * COUNT));

  // Vectors, as to make one of a number takes the compiler many nodes, of which it has so many.
  private static final IntVector ONE = IntVector.broadcast(INTS, 1);
  private static final IntVector BELOW_HALF = IntVector.broadcast(INTS, 0x7FFF);
  private static final IntVector UPPER = IntVector.broadcast(INTS, 0xFFFF0000);

  private Bfloat16() {}

  /** Element {@code i} and those behind it. */
  static FloatVector load(long base, int i) {
    return ((IntVector)
            ShortVector.fromMemorySegment(SHORTS, ALL, base + 2L * i, ORDER)
                .convertShape(VectorOperators.S2I, INTS, 0))
        .lanewise(VectorOperators.LSHL, 16)
        .reinterpretAsFloats();
  }

  /** Element {@code i} and those behind it, twice as many as a vector has. */
  static IntVector loadPairs(long base, int i) {
    return IntVector.fromMemorySegment(INTS, ALL, base + 2L * i, ORDER);
  }

  static FloatVector evens(IntVector pairs) {
    return pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  static FloatVector odds(IntVector pairs) {
    return pairs.and(UPPER).reinterpretAsFloats();
  }

  /**
   * Writes element {@code i} and those behind it, rounded to even. NaN stays NaN if it comes from a
   * bfloat16, from arithmetic or from a {@link ChannelTable}: only one whose lower bits are ones
   * does not.
   */
  static void storePairs(FloatVector evens, FloatVector odds, long base, int i) {
    rounded(evens)
        .lanewise(VectorOperators.LSHR, 16)
        .or(rounded(odds).and(UPPER))
        .intoMemorySegment(ALL, base + 2L * i, ORDER);
  }

  // In the upper bits.
  private static IntVector rounded(FloatVector v) {
    IntVector bits = v.reinterpretAsInts();
    return bits.lanewise(VectorOperators.LSHR, 16).and(ONE).add(BELOW_HALF).add(bits);
  }

  /** {@link #storePairs} of what needs no rounding: values that were loaded, or zeros. */
  static void storeExactPairs(FloatVector evens, FloatVector odds, long base, int i) {
    evens
        .reinterpretAsInts()
        .lanewise(VectorOperators.LSHR, 16)
        .or(odds.reinterpretAsInts())
        .intoMemorySegment(ALL, base + 2L * i, ORDER);
  }

  /** Writes element {@code i} and those behind it, rounded to even; NaN stays NaN. */
  static void store(FloatVector v, long base, int i) {
    IntVector bits = v.reinterpretAsInts();
    IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
    bits.add(odd)
        .add(0x7FFF)
        .blend(bits.or(0x400000), v.compare(VectorOperators.NE, v).cast(INTS))
        .lanewise(VectorOperators.LSHR, 16)
        .convertShape(VectorOperators.I2S, SHORTS, 0)
        .intoMemorySegment(ALL, base + 2L * i, ORDER);
  }
}
