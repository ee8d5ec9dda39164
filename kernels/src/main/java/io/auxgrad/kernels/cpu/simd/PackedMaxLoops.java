package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getInt;
import static io.auxgrad.kernels.cpu.simd.Native.putInt;

import java.lang.foreign.ValueLayout;

/**
 * Element-wise maxima of bfloat16 together with their places: value and place are one integer, so
 * that one instruction compares both. Its upper half is the value as an integer of the same order,
 * in which both zeros are 0; the next byte is 255 less the place, so that the first of equal values
 * is the largest; the lowest bit is the value's sign, which zero needs. NaN has no place in it.
 */
public final class PackedMaxLoops {
  private static final int MAGNITUDE = 0x7FFF;
  private static final int INFINITY = 0x7F80;

  /** At place 0. */
  static final int FIRST = 0xFF00;

  /** From one place to the next. */
  static final int PLACE = 0x100;

  private PackedMaxLoops() {}

  /** Whether none of the bfloat16 {@code x} is NaN. */
  public static boolean packable(long x, int n) {
    int largest = 0;
    int done = 0;
    if (Simd.available()) {
      done = PackedMaxVectors.whole(n);
      largest = PackedMaxVectors.largestMagnitude(x, done);
    }
    for (int i = done; i < n; i++) {
      largest = Math.max(largest, bits(x, i) & MAGNITUDE);
    }
    return largest <= INFINITY;
  }

  /** {@code y}, packed, is the bfloat16 {@code x} at place 0. */
  public static void pack(long x, long y, int n) {
    for (int i = Simd.available() ? PackedMaxVectors.pack(x, y, n) : 0; i < n; i++) {
      int bits = bits(x, i);
      int magnitude = (bits & MAGNITUDE) << 16;
      putInt(y, i, (bits < 0 ? 1 - magnitude : magnitude) + FIRST);
    }
  }

  /**
   * {@code y[i] = max_t arrays[t][i]} over the first {@code taps} arrays, whose places are {@code
   * step} times {@code first + t} behind what is packed in them.
   */
  public static void maximum(long[] arrays, int taps, int first, int step, int n, long y) {
    int done = Simd.available() ? PackedMaxVectors.maximum(arrays, taps, first, step, n, y) : 0;
    for (int i = done; i < n; i++) {
      putInt(y, i, maximum(arrays, 0, taps, first, step, i));
    }
  }

  /**
   * {@link #maximum} of the first {@code taps} of {@code taps + 1} arrays and of the last ones,
   * which have all but two in common; {@code taps} is at least 2.
   */
  public static void pair(long[] arrays, int taps, int step, int n, long y0, long y1) {
    int done = Simd.available() ? PackedMaxVectors.pair(arrays, taps, step, n, y0, y1) : 0;
    for (int i = done; i < n; i++) {
      putInt(y0, i, maximum(arrays, 0, taps, 0, step, i));
      putInt(y1, i, maximum(arrays, 1, taps, 0, step, i));
    }
  }

  private static int maximum(long[] arrays, int from, int taps, int first, int step, int i) {
    int best = Integer.MIN_VALUE;
    for (int t = 0; t < taps; t++) {
      best = Math.max(best, getInt(arrays[from + t], i) - (first + t) * step * PLACE);
    }
    return best;
  }

  /** The bfloat16 {@code y} that are packed in {@code x}. */
  public static void values(long x, int n, long y) {
    for (int i = Simd.available() ? PackedMaxVectors.values(x, n, y) : 0; i < n; i++) {
      int packed = getInt(x, i);
      int bits = Math.abs(packed >> 16) | packed << 15;
      Native.ALL.set(ValueLayout.JAVA_SHORT, y + 2L * i, (short) bits);
    }
  }

  /** Their places, uint8. */
  public static void positions(long x, int n, long y) {
    for (int i = Simd.available() ? PackedMaxVectors.positions(x, n, y) : 0; i < n; i++) {
      Native.putByte(y, i, (byte) ~(getInt(x, i) >> 8));
    }
  }

  private static int bits(long x, int i) {
    return Native.ALL.get(ValueLayout.JAVA_SHORT, x + 2L * i);
  }
}
