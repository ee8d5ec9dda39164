package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.hostrun.Gxx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code fake_libcudnn.cpp} and {@code fake_libcublas.cpp} in the place of NVIDIA's libraries. */
@SuppressWarnings("restricted")
final class FakeLibraries {
  private static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
  private static final Path SOURCES = MODULE.resolve("src/test/cuda");
  private static final String CUDNN = "libcudnn.so.9";
  private static final String CUBLAS = "libcublas.so.13";

  private static final Path FOLDER = folderOfThisSource();

  private FakeLibraries() {}

  /** Where they lie. */
  static Path folder() {
    return FOLDER;
  }

  private static Path folderOfThisSource() {
    try (Stream<Path> files = Files.list(SOURCES)) {
      List<byte[]> parts = new ArrayList<>();
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith("fake")).sorted().toList()) {
        parts.add(Files.readAllBytes(file));
      }
      return MODULE.resolve("target/fake-libraries").resolve(Gxx.key(parts));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Compiles them, and something of the name of each library that they would need. */
  static void make() throws IOException {
    Files.createDirectories(folder());
    compile(CUDNN, SOURCES.resolve("fake_libcudnn.cpp"));
    compile(CUBLAS, SOURCES.resolve("fake_libcublas.cpp"));
    Path empty = Files.writeString(folder().resolve("empty.cpp"), "int nothing;\n");
    for (String needed :
        List.of("libcublasLt.so.13", "libnvrtc.so.13", "libnvrtc-builtins.so.13.0")) {
      compile(needed, empty);
    }
  }

  // The natives of JCuda ask for functions of a version that has the library's name.
  private static void compile(String soname, Path source) throws IOException {
    String node = soname.replace('-', '_');
    Path versions =
        Files.writeString(folder().resolve(soname + ".map"), node + " { global: *; };\n");
    Gxx.make(
        folder().resolve(soname),
        List.of(
            "-O2",
            "-fvisibility=hidden",
            "-Wl,-soname," + soname,
            "-Wl,--version-script=" + versions,
            source.toString(),
            "-ldl"));
  }

  /** How often cuDNN was asked for something, or how many of something it has. */
  static long cudnn(String name) {
    return calls(CUDNN, name);
  }

  /** The same of cuBLAS. */
  static long cublas(String name) {
    return calls(CUBLAS, name);
  }

  /**
   * Has cuDNN fail with {@code status}, 0 for no longer, at {@code what}: {@code attribute N}, when
   * one is set; {@code heuristic N}, when it is asked; {@code a plan}, when one is finished; {@code
   * algorithms}, when asked for them.
   */
  static void refuse(String what, int status) {
    var refuse =
        function(
            CUDNN,
            "fake_refuse",
            FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      refuse.invokeExact(arena.allocateFrom(what), status);
    } catch (Throwable t) {
      throw new AssertionError(what, t);
    }
  }

  private static long calls(String library, String name) {
    var count =
        function(
            library,
            "fake_calls",
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      return (long) count.invokeExact(arena.allocateFrom(name));
    } catch (Throwable t) {
      throw new AssertionError(name, t);
    }
  }

  private static MethodHandle function(String library, String name, FunctionDescriptor type) {
    SymbolLookup symbols = SymbolLookup.libraryLookup(folder().resolve(library), Arena.global());
    return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), type);
  }
}
