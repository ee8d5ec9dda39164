package io.auxgrad.kernels.cuda.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.auxgrad.kernels.cuda.hostrun.Gxx;
import io.auxgrad.kernels.cuda.hostrun.HostModules;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.CudaLibrary;
import io.auxgrad.kernels.cuda.libraries.Finding;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code fake_libcuda.cpp} in the place of NVIDIA's driver, compiled with {@code g++} and loaded
 * once: a process has one driver, so there is none where the real one is installed.
 */
@SuppressWarnings("restricted")
final class FakeDriver {
  private static final Path MODULE = HostModules.folder();
  private static final Path SOURCE = MODULE.resolve("src/test/cuda/fake_libcuda.cpp");
  private static FakeDriver instance;

  private final CudaLibraries libraries;
  private final SymbolLookup symbols;

  private FakeDriver() {
    Path library = compile();
    libraries = CudaLibraries.find(surroundings(library.getParent()));
    symbols = SymbolLookup.libraryLookup(library, Arena.global());
    Driver.load(libraries);
  }

  /** Why there is none; empty if there is one. */
  static Optional<String> absence() {
    Finding real = CudaLibraries.find(Surroundings.ofProcess()).finding(CudaLibrary.DRIVER);
    if (real instanceof Finding.Found) {
      return Optional.of("NVIDIA's driver is installed, and a process can load one driver only");
    }
    return Gxx.available() ? Optional.empty() : Optional.of("g++ is not installed");
  }

  /** It, with nothing set. */
  static synchronized FakeDriver get() {
    if (instance == null) {
      instance = new FakeDriver();
    }
    instance.call("fake_reset");
    return instance;
  }

  /** It as it is. */
  static synchronized FakeDriver running() {
    return instance;
  }

  /** Where it lies. */
  static Path folder() {
    try {
      String key = Gxx.key(List.of(Files.readAllBytes(SOURCE)));
      return MODULE.resolve("target/fake-driver").resolve(key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Under the real one's name: who asks the dynamic linker for that once this is loaded gets this.
  private static Path compile() {
    Path library = folder().resolve("libcuda.so.1");
    try {
      Gxx.make(
          library,
          List.of(
              "-O1",
              "-g",
              "-fvisibility=hidden",
              "-Wl,-soname,libcuda.so.1",
              SOURCE.toString(),
              "-ldl"));
      return library;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // A machine on which there is nothing but the folder.
  private static Surroundings surroundings(Path folder) {
    return new Surroundings(
        Map.of(),
        name -> name.equals("auxgrad.cuda.path") ? folder.toString() : System.getProperty(name),
        folder.resolve("nowhere"));
  }

  CudaLibraries libraries() {
    return libraries;
  }

  /** The {@code n}-th call of a function from now on fails with {@code status}. */
  void fail(String function, int n, int status) {
    call("fake_fail", function, n, status);
  }

  /** Whether the call that was to fail has come. */
  boolean failed() {
    return call("fake_failed") != 0;
  }

  /** Contexts, streams, events, pools, pinned memory and modules that were not given back. */
  long open() {
    return call("fake_open");
  }

  /** A kernel fails after its launch. */
  void fault(String kernel, int status) {
    call("fake_fault", kernel, status);
  }

  /** Launches return at once. */
  void skipKernels() {
    call("fake_skip_kernels", 1);
  }

  /** Whether streams do what they are given as late as they may, and not at once. */
  void lazy(boolean lazy) {
    call("fake_lazy", lazy ? 1 : 0);
  }

  void devices(int count) {
    call("fake_devices", count);
  }

  void pools(boolean supported) {
    call("fake_pools", supported ? 1 : 0);
  }

  /** For example 12040 for CUDA 12.4. */
  void version(int version) {
    call("fake_version", version);
  }

  void memory(long bytes) {
    call("fake_memory", bytes);
  }

  /** How often a function was called. */
  long calls(String function) {
    return call("fake_calls", function);
  }

  /** Pieces of device memory that were written past an end, of those given back. */
  long violations() {
    return call("fake_violations");
  }

  /** Bytes of device memory that are held. */
  long reserved() {
    return call("fake_reserved");
  }

  private long call(String name, Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      Object[] plain = new Object[arguments.length];
      MemoryLayout[] layouts = new MemoryLayout[arguments.length];
      for (int i = 0; i < arguments.length; i++) {
        layouts[i] = layout(arguments[i]);
        plain[i] = arguments[i] instanceof String s ? arena.allocateFrom(s) : arguments[i];
      }
      MethodHandle function =
          Linker.nativeLinker()
              .downcallHandle(symbols.findOrThrow(name), FunctionDescriptor.of(JAVA_LONG, layouts));
      return (long) function.invokeWithArguments(plain);
    } catch (Throwable t) {
      throw new AssertionError(name, t);
    }
  }

  private static ValueLayout layout(Object argument) {
    return switch (argument) {
      case String _ -> ADDRESS;
      case Integer _ -> JAVA_INT;
      default -> JAVA_LONG;
    };
  }
}
