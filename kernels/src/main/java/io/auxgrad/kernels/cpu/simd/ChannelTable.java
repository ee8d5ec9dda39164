package io.auxgrad.kernels.cpu.simd;

/**
 * What {@link BatchNormLoops} need to know of each channel: float32 values of several kinds,
 * repeated over a period, kind by kind. Loops on bfloat16 find them {@linkplain PackedChannels
 * packed}.
 */
public record ChannelTable(long address, int period) {
  /** With {@link #SHIFT}: {@code x * scale + shift} is what the activation is given. */
  public static final int SCALE = 0;

  /** See {@link #SCALE}. */
  public static final int SHIFT = 1;

  /** What distances are taken from before they are summed. */
  public static final int MEAN = 2;

  /** With {@link #SLOPE} and {@link #REST}: {@code dx = factor * dz + slope * x + rest}. */
  public static final int FACTOR = 3;

  /** See {@link #FACTOR}. */
  public static final int SLOPE = 4;

  /** See {@link #FACTOR}. */
  public static final int REST = 5;

  private static final int KINDS = 6;

  /** Bytes of a table. */
  public static long bytes(int period) {
    return (long) Float.BYTES * period * (KINDS + PackedChannels.STRIDE);
  }

  /** Where the values of a kind begin. */
  public long kind(int kind) {
    return address + (long) Float.BYTES * period * kind;
  }

  /** The value of place {@code c} of the period. */
  float get(int kind, int c) {
    return Native.getFloat(kind(kind), c);
  }

  /** Sets a value of channel {@code c}; whatever NaN it is, the plain one, which rounding keeps. */
  public void set(int kind, int c, float value) {
    Native.putFloat(kind(kind), c, Float.isNaN(value) ? Float.NaN : value);
  }

  /** Repeats the values of a kind that were set for the first {@code channels}. */
  public void repeat(int kind, int channels) {
    long bytes = (long) channels * Float.BYTES;
    long begin = kind(kind);
    for (long at = begin + bytes; at < begin + (long) period * Float.BYTES; at += bytes) {
      Native.copy(begin, at, bytes);
    }
  }

  /** Packs the kinds from {@code first} to {@code last} for loops on bfloat16. */
  public void pack(int first, int last) {
    for (int kind = first; Simd.available() && kind <= last; kind++) {
      PackedChannels.pack(kind(kind), packed(), kind, period);
    }
  }

  /** Where {@link PackedChannels} are. */
  long packed() {
    return kind(KINDS);
  }
}
