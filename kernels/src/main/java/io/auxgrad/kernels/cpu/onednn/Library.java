package io.auxgrad.kernels.cpu.onednn;

import io.auxgrad.kernels.cpu.foreign.CFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The loaded libraries and calls of their functions by name. Pointers are {@code long}s. These
 * calls serve to set things up; what runs often has method handles of its own.
 */
@SuppressWarnings("restricted")
final class Library {
  private static final int IMPLEMENTATION = 8;
  private static final long IMPLEMENTATION_LENGTH = 256;
  private static final List<String> STATUS =
      List.of(
          "success",
          "out of memory",
          "invalid arguments",
          "unimplemented",
          "last implementation reached",
          "runtime error",
          "not required");
  private static final Map<String, CFunction> FUNCTIONS = new ConcurrentHashMap<>();
  private static SymbolLookup symbols;

  private Library() {}

  /** Loads the libraries, each after those it needs; before any call. */
  static void load(List<Path> files) {
    setEnvironment();
    SymbolLookup loaded = _ -> Optional.empty();
    for (Path file : files) {
      try {
        loaded = SymbolLookup.libraryLookup(file, Arena.global()).or(loaded);
      } catch (IllegalArgumentException e) {
        throw new OneDnnException("oneDNN could not be loaded from " + file, e);
      }
    }
    symbols = loaded;
  }

  /** The function {@code name}, of integers and pointers. */
  static CFunction function(String name) {
    return CFunction.of(symbols, name);
  }

  /** The function {@code name}, of any type. */
  static MethodHandle function(String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), type);
  }

  /** Whether there is a function {@code name}. */
  static boolean has(String name) {
    return symbols.find(name).isPresent();
  }

  /** Calls a function that returns a status; arguments are Long, Integer or long[]. */
  static void call(String name, Object... arguments) {
    check(name, number(name, arguments));
  }

  /** Throws unless {@code status} is success. */
  static void check(String what, int status) {
    if (status != 0) {
      throw new OneDnnException(what + " failed: " + status(status));
    }
  }

  /** Calls a function that returns a status and whose first argument receives a handle. */
  static long create(String name, Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
      Object[] all = new Object[arguments.length + 1];
      all[0] = out.address();
      System.arraycopy(arguments, 0, all, 1, arguments.length);
      call(name, all);
      return out.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /** Calls a function that returns an int which is not a status. */
  static int number(String name, Object... arguments) {
    return (int) value(name, arguments);
  }

  /** Calls a function that returns a pointer or a size. */
  static long value(String name, Object... arguments) {
    CFunction function = FUNCTIONS.computeIfAbsent(name, Library::function);
    try (Arena arena = Arena.ofConfined()) {
      long[] plain = new long[arguments.length];
      Arrays.setAll(plain, i -> plain(arena, arguments[i]));
      return function.callWith(plain);
    }
  }

  /** The name of the implementation that a primitive descriptor has found. */
  static String implementation(long descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(ValueLayout.ADDRESS);
      call("dnnl_primitive_desc_query", descriptor, IMPLEMENTATION, 0, name.address());
      return name.get(ValueLayout.ADDRESS, 0).reinterpret(IMPLEMENTATION_LENGTH).getString(0);
    }
  }

  private static String status(int status) {
    return status < STATUS.size() ? STATUS.get(status) : "status " + status;
  }

  private static long plain(Arena arena, Object argument) {
    return switch (argument) {
      case long[] values -> arena.allocateFrom(ValueLayout.JAVA_LONG, values).address();
      case Number number -> number.longValue();
      default -> throw new IllegalArgumentException(argument + " is no integer and no array");
    };
  }

  // How often an OpenMP thread that waits looks for work before it sleeps; one look takes some ten
  // nanoseconds. It should outlast the gap between two ops, but where other processes want the
  // cores
  // already it only keeps them from the thread that is waited for.
  private static String spins() {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return load > 2 * Runtime.getRuntime().availableProcessors() ? "1000" : "10000";
  }

  // What the user has set is left alone.
  private static void setEnvironment() {
    if (Linker.nativeLinker().defaultLookup().find("setenv").isPresent()) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment name = arena.allocateFrom("GOMP_SPINCOUNT");
        MemorySegment value = arena.allocateFrom(spins());
        CFunction.ofSystem("setenv").call(name.address(), value.address(), 0);
      }
    }
  }
}
