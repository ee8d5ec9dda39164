package io.auxgrad.kernels.cpu.simd;

import io.auxgrad.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Native memory by address. Nothing is checked here: the op contract has compared the shapes
 * before.
 *
 * <p>All addresses lie in one constant segment, so the compiler sees neither liveness nor bounds
 * checks that change from tensor to tensor.
 */
public final class Native {
  static final MemorySegment ALL = everything();

  private Native() {}

  @SuppressWarnings("restricted")
  private static MemorySegment everything() {
    return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  }

  /** Float {@code i} of the array at {@code base}. */
  public static float getFloat(long base, long i) {
    return ALL.get(ValueLayout.JAVA_FLOAT, base + 4 * i);
  }

  /** Sets float {@code i} of the array at {@code base}. */
  public static void putFloat(long base, long i, float value) {
    ALL.set(ValueLayout.JAVA_FLOAT, base + 4 * i, value);
  }

  /** Bfloat16 {@code i} of the array at {@code base}. */
  public static float getBfloat16(long base, long i) {
    return Float.intBitsToFloat(ALL.get(ValueLayout.JAVA_SHORT, base + 2 * i) << 16);
  }

  /** Sets bfloat16 {@code i} of the array at {@code base}: rounded to even, NaN stays NaN. */
  public static void putBfloat16(long base, long i, float value) {
    int bits = Float.floatToRawIntBits(value);
    int rounded = Float.isNaN(value) ? bits | 0x400000 : bits + 0x7FFF + (bits >>> 16 & 1);
    ALL.set(ValueLayout.JAVA_SHORT, base + 2 * i, (short) (rounded >>> 16));
  }

  /** Element {@code i} of the array of float32 or bfloat16 at {@code base}. */
  public static float getFloat(DType type, long base, long i) {
    return type == DType.BFLOAT16 ? getBfloat16(base, i) : getFloat(base, i);
  }

  /** Sets element {@code i} of the array of float32 or bfloat16 at {@code base}. */
  public static void putFloat(DType type, long base, long i, float value) {
    if (type == DType.BFLOAT16) {
      putBfloat16(base, i, value);
    } else {
      putFloat(base, i, value);
    }
  }

  /** Double {@code i} of the array at {@code base}. */
  public static double getDouble(long base, long i) {
    return ALL.get(ValueLayout.JAVA_DOUBLE, base + 8 * i);
  }

  /** Sets double {@code i} of the array at {@code base}. */
  public static void putDouble(long base, long i, double value) {
    ALL.set(ValueLayout.JAVA_DOUBLE, base + 8 * i, value);
  }

  /** Adds to double {@code i} of the array at {@code base}. */
  public static void addDouble(long base, long i, double value) {
    ALL.set(ValueLayout.JAVA_DOUBLE, base + 8 * i, getDouble(base, i) + value);
  }

  /** Int {@code i} of the array at {@code base}. */
  public static int getInt(long base, long i) {
    return ALL.get(ValueLayout.JAVA_INT, base + 4 * i);
  }

  /** Sets int {@code i} of the array at {@code base}. */
  public static void putInt(long base, long i, int value) {
    ALL.set(ValueLayout.JAVA_INT, base + 4 * i, value);
  }

  /** Byte {@code i} of the array at {@code base}. */
  public static byte getByte(long base, long i) {
    return ALL.get(ValueLayout.JAVA_BYTE, base + i);
  }

  /** Sets byte {@code i} of the array at {@code base}. */
  public static void putByte(long base, long i, byte value) {
    ALL.set(ValueLayout.JAVA_BYTE, base + i, value);
  }

  /** Copies bytes; the ranges must not overlap. */
  public static void copy(long from, long to, long bytes) {
    MemorySegment.copy(ALL, from, ALL, to, bytes);
  }

  /** Sets bytes to zero. */
  public static void clear(long address, long bytes) {
    ALL.asSlice(address, bytes).fill((byte) 0);
  }
}
