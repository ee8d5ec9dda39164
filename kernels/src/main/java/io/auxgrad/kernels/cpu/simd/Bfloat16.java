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

/** Vectors of floats kept as bfloat16 in native memory: the upper half of a float's bits. */
final class Bfloat16 {
  private static final VectorSpecies<Integer> INTS = F.withLanes(int.class);
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(16 * COUNT));

  private Bfloat16() {}

  /** Element {@code i} and those behind it. */
  static FloatVector load(long base, int i) {
    return ((IntVector)
            ShortVector.fromMemorySegment(SHORTS, ALL, base + 2L * i, ORDER)
                .convertShape(VectorOperators.S2I, INTS, 0))
        .lanewise(VectorOperators.LSHL, 16)
        .reinterpretAsFloats();
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
