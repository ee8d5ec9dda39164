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

/** Vectors of float32 that lie in memory as bfloat16: as many lanes as {@link Lanes#F} has. */
final class Bfloat16Lanes {
  private static final VectorSpecies<Integer> INTS = F.withLanes(int.class);
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(16 * COUNT));

  private Bfloat16Lanes() {}

  /** Element {@code i} and those behind it. */
  static FloatVector load(long base, int i) {
    ShortVector v = ShortVector.fromMemorySegment(SHORTS, ALL, base + 2L * i, ORDER);
    return ((IntVector) v.convertShape(VectorOperators.S2I, INTS, 0))
        .lanewise(VectorOperators.LSHL, 16)
        .reinterpretAsFloats();
  }

  /** Writes element {@code i} and those behind it, rounded to even; NaN stays NaN. */
  static void store(FloatVector v, long base, int i) {
    IntVector bits = v.reinterpretAsInts();
    IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
    IntVector rounded = bits.add(odd).add(0x7FFF);
    IntVector kept = rounded.blend(bits.or(0x400000), v.test(VectorOperators.IS_NAN).cast(INTS));
    kept.lanewise(VectorOperators.LSHR, 16)
        .convertShape(VectorOperators.I2S, SHORTS, 0)
        .intoMemorySegment(ALL, base + 2L * i, ORDER);
  }
}
