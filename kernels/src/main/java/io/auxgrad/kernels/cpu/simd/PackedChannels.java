package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;

/**
 * The values of a {@link ChannelTable} as loops on bfloat16 want them: all kinds of a vector of
 * channels side by side, even channels apart from odd ones. With an address for each kind the
 * compiler runs out of registers there, and moves them by way of vector registers, which takes the
 * places of arithmetic.
 */
final class PackedChannels {
  /** Vectors from one column to the next: a power of two, so that a column is found by a shift. */
  static final int STRIDE = 8;

  private PackedChannels() {}

  /** Packs the values {@code from} there as those of a kind. */
  static void pack(long from, long packed, int kind, int period) {
    long column = (long) Float.BYTES * COUNT * kind;
    pack(from, packed + column, odds(packed) + column, period);
  }

  private static void pack(long from, long evens, long odds, int period) {
    for (int c = 0; c < period; c += 2 * COUNT) {
      FloatVector low = Lanes.load(from, c);
      FloatVector high = Lanes.load(from, c + COUNT);
      Lanes.store(LanePairs.evens(low, high), evens, STRIDE * c);
      Lanes.store(LanePairs.odds(low, high), odds, STRIDE * c);
    }
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
