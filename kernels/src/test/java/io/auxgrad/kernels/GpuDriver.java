package io.auxgrad.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Asks NVIDIA's driver for GPUs, past our backend, which is what is on trial. */
@SuppressWarnings("restricted")
final class GpuDriver {
  private static final String LIBRARY = "libcuda.so.1";

  private GpuDriver() {}

  /** Why there is no GPU; empty if there is one. */
  static Optional<String> whyNoGpu() {
    SymbolLookup driver;
    try {
      driver = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
    } catch (IllegalArgumentException e) {
      return Optional.of("NVIDIA's driver, " + LIBRARY + ", is not installed");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      int status = (int) function(driver, "cuInit", ValueLayout.JAVA_INT).invokeExact(0);
      if (status == 0) {
        status = (int) function(driver, "cuDeviceGetCount", ValueLayout.ADDRESS).invokeExact(count);
      }
      if (status != 0) {
        return Optional.of("the driver answers with error " + status);
      }
      return count.get(ValueLayout.JAVA_INT, 0) > 0
          ? Optional.empty()
          : Optional.of("the driver has no device");
    } catch (Throwable t) {
      throw new IllegalStateException(LIBRARY + " could not be called", t);
    }
  }

  private static MethodHandle function(SymbolLookup driver, String name, ValueLayout argument) {
    return Linker.nativeLinker()
        .downcallHandle(
            driver.findOrThrow(name), FunctionDescriptor.of(ValueLayout.JAVA_INT, argument));
  }
}
