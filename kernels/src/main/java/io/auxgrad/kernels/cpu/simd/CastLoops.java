package io.auxgrad.kernels.cpu.simd;

import io.auxgrad.tensor.DType;
import java.lang.foreign.ValueLayout;

/**
 * Conversions between element types, by way of float64, which holds the values of all of them, but
 * directly between float32 and bfloat16.
 */
public final class CastLoops {
  private static final int BLOCK = 2048;

  private CastLoops() {}

  /** {@code y = (type of y) x}. */
  public static void cast(DType from, long x, DType to, long y, long n) {
    for (long done = 0; done < n; done += BLOCK) {
      int count = (int) Math.min(BLOCK, n - done);
      block(from, x + done * from.bytes(), to, y + done * to.bytes(), count);
    }
  }

  private static void block(DType from, long x, DType to, long y, int n) {
    if (from == to) {
      Native.copy(x, y, (long) n * from.bytes());
    } else if (from == DType.FLOAT32 && to == DType.BFLOAT16) {
      narrow(x, y, n);
    } else if (from == DType.BFLOAT16 && to == DType.FLOAT32) {
      widen(x, y, n);
    } else {
      double[] values = new double[n];
      read(from, x, values, n);
      write(to, values, y, n);
    }
  }

  /** {@code y = x}: {@code n} bfloat16 at {@code x} as float32, exactly. */
  public static void widen(long x, long y, int n) {
    for (int i = Simd.available() ? CastVectors.toFloat32(x, y, n) : 0; i < n; i++) {
      Native.putFloat(y, i, Native.getBfloat16(x, i));
    }
  }

  /** {@code y = x}: {@code n} float32 at {@code x} as bfloat16, rounded to even. */
  public static void narrow(long x, long y, int n) {
    for (int i = Simd.available() ? CastVectors.toBfloat16(x, y, n) : 0; i < n; i++) {
      Native.putBfloat16(y, i, Native.getFloat(x, i));
    }
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
