package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static io.auxgrad.kernels.cpu.simd.PackedMaxLoops.FIRST;
import static io.auxgrad.kernels.cpu.simd.PackedMaxLoops.PLACE;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link PackedMaxLoops} on whole vectors; each returns the first element that is left to do. */
final class PackedMaxVectors {
  private static final VectorSpecies<Integer> I = F.withLanes(int.class);
  private static final VectorSpecies<Short> S =
      VectorSpecies.of(short.class, VectorShape.forBitSize(16 * COUNT));
  // There are no vectors of 4 bytes.
  private static final VectorSpecies<Byte> B =
      COUNT < 8 ? null : VectorSpecies.of(byte.class, VectorShape.forBitSize(8 * COUNT));

  private PackedMaxVectors() {}

  static int whole(int n) {
    return n - n % COUNT;
  }

  /** Of a whole number of vectors. */
  static int largestMagnitude(long x, int n) {
    ShortVector largest = ShortVector.zero(S);
    for (int i = 0; i < n; i += COUNT) {
      ShortVector v = ShortVector.fromMemorySegment(S, ALL, x + 2L * i, ORDER);
      largest = largest.max(v.and((short) 0x7FFF));
    }
    return largest.reduceLanes(VectorOperators.MAX);
  }

  static int pack(long x, long y, int n) {
    int end = whole(n);
    for (int i = 0; i < end; i += COUNT) {
      IntVector bits =
          (IntVector)
              ShortVector.fromMemorySegment(S, ALL, x + 2L * i, ORDER)
                  .convertShape(VectorOperators.S2I, I, 0);
      IntVector negative = bits.lanewise(VectorOperators.ASHR, 31);
      IntVector magnitude = bits.lanewise(VectorOperators.LSHL, 16).and(Integer.MAX_VALUE);
      // All ones are -1: turns the magnitude's sign, and sets the lowest bit.
      IntVector ordered = magnitude.lanewise(VectorOperators.XOR, negative).sub(negative);
      store(ordered.sub(negative).add(FIRST), y, i);
    }
    return end;
  }

  static int maximum(long[] arrays, int taps, int first, int step, int n, long y) {
    int end = whole(n);
    for (int i = 0; i < end; i += COUNT) {
      IntVector best = load(arrays[0], i).sub(first * step * PLACE);
      for (int t = 1; t < taps; t++) {
        best = best.max(load(arrays[t], i).sub((first + t) * step * PLACE));
      }
      store(best, y, i);
    }
    return end;
  }

  static int pair(long[] arrays, int taps, int step, int n, long y0, long y1) {
    int end = whole(n);
    for (int i = 0; i < end; i += COUNT) {
      IntVector both = load(arrays[1], i);
      for (int t = 2; t < taps; t++) {
        both = both.max(load(arrays[t], i).sub((t - 1) * step * PLACE));
      }
      store(load(arrays[0], i).max(both.sub(step * PLACE)), y0, i);
      store(both.max(load(arrays[taps], i).sub((taps - 1) * step * PLACE)), y1, i);
    }
    return end;
  }

  static int values(long x, int n, long y) {
    int end = whole(n);
    for (int i = 0; i < end; i += COUNT) {
      IntVector packed = load(x, i);
      IntVector magnitude = packed.lanewise(VectorOperators.ASHR, 16).abs();
      IntVector sign = packed.lanewise(VectorOperators.LSHL, 15);
      magnitude
          .or(sign)
          .convertShape(VectorOperators.I2S, S, 0)
          .intoMemorySegment(ALL, y + 2L * i, ORDER);
    }
    return end;
  }

  static int positions(long x, int n, long y) {
    int end = B == null ? 0 : whole(n);
    for (int i = 0; i < end; i += COUNT) {
      load(x, i)
          .lanewise(VectorOperators.ASHR, 8)
          .not()
          .convertShape(VectorOperators.I2B, B, 0)
          .intoMemorySegment(ALL, y + i, ORDER);
    }
    return end;
  }

  private static IntVector load(long base, int i) {
    return IntVector.fromMemorySegment(I, ALL, base + 4L * i, ORDER);
  }

  private static void store(IntVector v, long base, int i) {
    v.intoMemorySegment(ALL, base + 4L * i, ORDER);
  }
}
