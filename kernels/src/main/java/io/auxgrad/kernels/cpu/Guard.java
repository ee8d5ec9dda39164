package io.auxgrad.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The guard zone behind one buffer, and where that buffer was made. */
record Guard(MemorySegment zone, long bytes, Throwable origin) {
  /** Least size of the zone. */
  static final int BYTES = 64;

  private static final int NAN = 0x7fc0_0bad;
  private static final byte MARK = (byte) 0xa5;

  /**
   * Fills the first {@code bytes} of {@code block} with NaNs and the rest, the zone, with a mark.
   */
  static Guard around(MemorySegment block, long bytes) {
    for (long at = 0; at + Integer.BYTES <= block.byteSize(); at += Integer.BYTES) {
      block.set(ValueLayout.JAVA_INT, at, NAN);
    }
    MemorySegment zone = block.asSlice(bytes).fill(MARK);
    return new Guard(zone, bytes, new Throwable("the buffer was made here"));
  }

  /** Throws if something was written behind the buffer. */
  void check() {
    for (long i = 0; i < zone.byteSize(); i++) {
      if (zone.get(ValueLayout.JAVA_BYTE, i) != MARK) {
        throw new IllegalStateException(
            "buffer of %d bytes at 0x%x was written past its end, at byte %d"
                .formatted(bytes, zone.address() - bytes, bytes + i),
            origin);
      }
    }
  }
}
