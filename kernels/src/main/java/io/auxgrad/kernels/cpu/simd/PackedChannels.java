package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static jdk.incubator.vector.VectorOperators.L2I;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The values of a {@link ChannelTable} as loops on bfloat16 want them: all kinds of a vector of
 * channels side by side, even channels apart from odd ones. With an address for each kind the
 * compiler runs out of registers there, and moves them by way of vector registers, which takes the
 * places of arithmetic.
 */
final class PackedChannels {
  /** Vectors from one column to the next: a power of two, so that a column is found by a shift. */
  static final int STRIDE = 8;

  private static final VectorSpecies<Long> PAIRS = F.withLanes(long.class);
  private static final VectorSpecies<Integer> HALF =
      VectorSpecies.of(int.class, VectorShape.forBitSize(16 * COUNT));

  private PackedChannels() {}

  /** Packs the values {@code from} there as those of a kind. */
  static void pack(long from, long packed, int kind, int period) {
    long column = (long) Float.BYTES * COUNT * kind;
    pack(from, packed + column, odds(packed) + column, period);
  }

  // A long is an even and an odd channel. Half a vector at a time.
  private static void pack(long from, long evens, long odds, int period) {
    for (int c = 0; c < period; c += COUNT) {
      int within = c % (2 * COUNT);
      long to = (long) Float.BYTES * (STRIDE * (c - within) + within / 2);
      LongVector pairs = LongVector.fromMemorySegment(PAIRS, Native.ALL, from + 4L * c, ORDER);
      store(pairs, evens + to);
      store(pairs.lanewise(LSHR, 32), odds + to);
    }
  }

  private static void store(LongVector lower, long to) {
    lower.convertShape(L2I, HALF, 0).reinterpretAsInts().intoMemorySegment(Native.ALL, to, ORDER);
  }

  /** Where those of the odd channels begin; the even ones begin at {@code packed}. */
  static long odds(long packed) {
    return packed + (long) Float.BYTES * STRIDE * COUNT;
  }

  /** Values of a kind, even or odd ones, for the vectors of bfloat16 at channel {@code c}. */
  static FloatVector packed(long values, int kind, int c) {
    long column = values + (long) Float.BYTES * COUNT * kind;
    return FloatVector.fromMemorySegment(F, Native.ALL, column + 4L * STRIDE * c, ORDER);
  }
}
