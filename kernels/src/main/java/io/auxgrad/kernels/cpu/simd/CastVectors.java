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
 * {@link CastLoops} between float32 and bfloat16 on whole vectors; each returns the first element
 * that is left.
 */
final class CastVectors {
  private static final VectorSpecies<Integer> INTS = F.withLanes(int.class);
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(16 * COUNT));

  private CastVectors() {}

  static int toBfloat16(long x, long y, int n) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector v = FloatVector.fromMemorySegment(F, ALL, x + 4L * i, ORDER);
      IntVector bits = v.reinterpretAsInts();
      IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
      IntVector rounded = bits.add(odd).add(0x7FFF);
      IntVector kept = rounded.blend(bits.or(0x400000), v.test(VectorOperators.IS_NAN).cast(INTS));
      kept.lanewise(VectorOperators.LSHR, 16)
          .convertShape(VectorOperators.I2S, SHORTS, 0)
          .intoMemorySegment(ALL, y + 2L * i, ORDER);
    }
    return end;
  }

  static int toFloat32(long x, long y, int n) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      ShortVector v = ShortVector.fromMemorySegment(SHORTS, ALL, x + 2L * i, ORDER);
      v.convertShape(VectorOperators.S2I, INTS, 0)
          .lanewise(VectorOperators.LSHL, 16)
          .intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    return end;
  }
}
