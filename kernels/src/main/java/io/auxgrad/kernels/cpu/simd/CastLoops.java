package io.auxgrad.kernels.cpu.simd;

import io.auxgrad.tensor.DType;
import java.lang.foreign.ValueLayout;

/** Conversions between element types, by way of float64, which holds the values of all of them. */
public final class CastLoops {
  private static final int BLOCK = 512;

  private CastLoops() {}

  /** {@code y = (type of y) x}. */
  public static void cast(DType from, long x, DType to, long y, int n) {
    int first = Simd.available() ? vectors(from, x, to, y, n) : 0;
    double[] block = new double[Math.min(BLOCK, n - first)];
    for (int done = first; done < n; done += BLOCK) {
      int count = Math.min(BLOCK, n - done);
      read(from, x + (long) done * from.bytes(), block, count);
      write(to, block, y + (long) done * to.bytes(), count);
    }
  }

  private static int vectors(DType from, long x, DType to, long y, int n) {
    if (from == DType.FLOAT32 && to == DType.BFLOAT16) {
      return CastVectors.toBfloat16(x, y, n);
    }
    return from == DType.BFLOAT16 && to == DType.FLOAT32 ? CastVectors.toFloat32(x, y, n) : 0;
  }

  private static void read(DType type, long x, double[] out, int n) {
    switch (type) {
      case FLOAT32 -> {
        for (int i = 0; i < n; i++) {
          out[i] = Native.getFloat(x, i);
        }
      }
      case BFLOAT16 -> {
        for (int i = 0; i < n; i++) {
          out[i] = Native.getBfloat16(x, i);
        }
      }
      case UINT8 -> {
        for (int i = 0; i < n; i++) {
          out[i] = Native.getByte(x, i) & 0xFF;
        }
      }
      case INT32 -> {
        for (int i = 0; i < n; i++) {
          out[i] = Native.getInt(x, i);
        }
      }
      case FLOAT64 -> {
        for (int i = 0; i < n; i++) {
          out[i] = Native.ALL.get(ValueLayout.JAVA_DOUBLE, x + 8L * i);
        }
      }
    }
  }

  private static void write(DType type, double[] values, long y, int n) {
    switch (type) {
      case FLOAT32 -> {
        for (int i = 0; i < n; i++) {
          Native.putFloat(y, i, (float) values[i]);
        }
      }
      case BFLOAT16 -> {
        for (int i = 0; i < n; i++) {
          Native.putBfloat16(y, i, (float) values[i]);
        }
      }
      case UINT8 -> {
        for (int i = 0; i < n; i++) {
          Native.putByte(y, i, (byte) Math.clamp((long) Math.rint(values[i]), 0, 255));
        }
      }
      case INT32 -> {
        for (int i = 0; i < n; i++) {
          Native.putInt(y, i, (int) values[i]);
        }
      }
      case FLOAT64 -> {
        for (int i = 0; i < n; i++) {
          Native.ALL.set(ValueLayout.JAVA_DOUBLE, y + 8L * i, values[i]);
        }
      }
    }
  }
}
