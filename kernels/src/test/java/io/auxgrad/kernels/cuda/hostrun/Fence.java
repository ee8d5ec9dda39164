package io.auxgrad.kernels.cuda.hostrun;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Memory that kernels must not touch, known to the address sanitizer: it names the line that does.
 *
 * @param forbidHandle of {@code auxgrad_host_forbid}, or null without the sanitizer
 * @param allowHandle of {@code auxgrad_host_allow}, or null without the sanitizer
 */
record Fence(MethodHandle forbidHandle, MethodHandle allowHandle) {
  /** Without the sanitizer: nothing is kept off. */
  static final Fence NONE = new Fence(null, null);

  void forbid(MemorySegment zone) {
    call(forbidHandle, zone);
  }

  void allow(MemorySegment zone) {
    call(allowHandle, zone);
  }

  private static void call(MethodHandle handle, MemorySegment zone) {
    if (handle != null) {
      try {
        handle.invokeExact(zone, zone.byteSize());
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }
  }
}
