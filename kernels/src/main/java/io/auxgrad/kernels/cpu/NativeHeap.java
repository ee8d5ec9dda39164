package io.auxgrad.kernels.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The C library's {@code malloc} and {@code free}. Unlike an arena it leaves large memory
 * untouched, so that pages never written cost nothing.
 */
@SuppressWarnings("restricted")
final class NativeHeap {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle MALLOC =
      handle("malloc", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
  private static final MethodHandle FREE =
      handle("free", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG));

  private NativeHeap() {}

  /** The address of {@code bytes} fresh bytes, or 0 if the system has none left. */
  static long allocate(long bytes) {
    try {
      return (long) MALLOC.invokeExact(bytes);
    } catch (Throwable t) {
      throw new IllegalStateException("malloc could not be called", t);
    }
  }

  static void free(long address) {
    try {
      FREE.invokeExact(address);
    } catch (Throwable t) {
      throw new IllegalStateException("free could not be called", t);
    }
  }

  /** The {@code bytes} bytes at {@code address}, as a segment that is always accessible. */
  static MemorySegment view(long address, long bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }

  private static MethodHandle handle(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
  }
}
