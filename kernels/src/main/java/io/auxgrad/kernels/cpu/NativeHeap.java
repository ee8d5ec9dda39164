package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.foreign.CFunction;
import java.lang.foreign.MemorySegment;

/**
 * The C library's {@code malloc} and {@code free}. Unlike an arena it leaves large memory
 * untouched, so that pages never written cost nothing.
 */
@SuppressWarnings("restricted")
final class NativeHeap {
  private static final CFunction MALLOC = CFunction.ofSystem("malloc");
  private static final CFunction FREE = CFunction.ofSystem("free");

  private NativeHeap() {}

  /** The address of {@code bytes} fresh bytes, or 0 if the system has none left. */
  static long allocate(long bytes) {
    return MALLOC.call(bytes);
  }

  static void free(long address) {
    FREE.call(address);
  }

  /** The {@code bytes} bytes at {@code address}, as a segment that is always accessible. */
  static MemorySegment view(long address, long bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }
}
