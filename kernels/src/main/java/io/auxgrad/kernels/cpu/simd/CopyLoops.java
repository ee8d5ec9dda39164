package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.ALL;

import java.lang.foreign.ValueLayout;

/** Copies of rows and of transposed tiles. */
public final class CopyLoops {
  /** Up to here vectors beat a call of the system's copy. */
  private static final int SHORT = 1024;

  private CopyLoops() {}

  /** Copies {@code rows} rows of {@code bytes} bytes that lie a stride (in bytes) apart. */
  public static void rows(
      long from, long fromStride, long to, long toStride, long bytes, long rows) {
    if (bytes == fromStride && bytes == toStride) {
      Native.copy(from, to, bytes * rows);
    } else if (Simd.available() && bytes <= SHORT && bytes % 4 == 0) {
      CopyVectors.rows(from, fromStride, to, toStride, (int) bytes / 4, rows);
    } else {
      for (long row = 0; row < rows; row++) {
        Native.copy(from + row * fromStride, to + row * toStride, bytes);
      }
    }
  }

  /**
   * Transposes a tile: element {@code (i, j)} is at {@code from + i * fromStride + j * width} and
   * goes to {@code to + j * toStride + i * width}; strides in bytes.
   */
  public static void transpose(
      long from, long fromStride, long to, long toStride, int rows, int columns, int width) {
    for (int j = 0; j < columns; j++) {
      long source = from + (long) j * width;
      long target = to + j * toStride;
      switch (width) {
        case 1 -> {
          for (int i = 0; i < rows; i++) {
            Native.putByte(target, i, Native.getByte(source, i * fromStride));
          }
        }
        case 2 -> {
          for (int i = 0; i < rows; i++) {
            short value = ALL.get(ValueLayout.JAVA_SHORT, source + i * fromStride);
            ALL.set(ValueLayout.JAVA_SHORT, target + 2L * i, value);
          }
        }
        case 4 -> {
          for (int i = 0; i < rows; i++) {
            int value = ALL.get(ValueLayout.JAVA_INT, source + i * fromStride);
            ALL.set(ValueLayout.JAVA_INT, target + 4L * i, value);
          }
        }
        default -> {
          for (int i = 0; i < rows; i++) {
            Native.copy(source + i * fromStride, target + (long) i * width, width);
          }
        }
      }
    }
  }
}
