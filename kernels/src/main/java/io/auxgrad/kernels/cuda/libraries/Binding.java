package io.auxgrad.kernels.cuda.libraries;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jcuda.JCudaVersion;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import jcuda.nvrtc.JNvrtc;

/** The classes of JCuda and the natives behind them. */
enum Binding {
  DRIVER(CudaLibrary.DRIVER, JCudaDriver.class, "jcuda", JCudaVersion.get(), "libcuda.so.1"),
  NVRTC(CudaLibrary.NVRTC, JNvrtc.class, "jcuda", JCudaVersion.get(), "libnvrtc.so.12"),
  CUBLAS(CudaLibrary.CUBLAS, JCublas2.class, "jcublas", JCudaVersion.get(), "libcublas.so.12"),
  // The newest there is. Its class asks for a native of JCuda's version.
  CUDNN(CudaLibrary.CUDNN, JCudnn.class, "jcudnn", "11.7.0", "libcudnn.so.8");

  private static final String PLATFORM = "linux-x86_64";
  private static final String TEMPORARY = "java.io.tmpdir";

  private final CudaLibrary library;
  private final Class<?> type;
  private final String artifact;
  private final String version;
  private final String linkedWith;

  Binding(CudaLibrary library, Class<?> type, String artifact, String version, String linkedWith) {
    this.library = library;
    this.type = type;
    this.artifact = artifact;
    this.version = version;
    this.linkedWith = linkedWith;
  }

  /** That of a library, if it has one. */
  static Optional<Binding> of(CudaLibrary library) {
    return Arrays.stream(values()).filter(b -> b.library == library).findFirst();
  }

  CudaLibrary library() {
    return library;
  }

  /** How it goes with {@code file}. */
  Retargeted describe(LibraryFile file) {
    return new Retargeted(
        type.getSimpleName(), linkedWith, file, Exports.of(file).absent(functions()));
  }

  /** The functions of the library that the native may call. */
  Set<String> functions() {
    return new ElfFile(ElfImage.of(resource(), read()))
        .symbols().imports().stream()
            .filter(f -> f.startsWith("cu") || f.startsWith("nvrtc"))
            .collect(Collectors.toSet());
  }

  /** The native, made to need {@code soname}. */
  byte[] retargeted(String soname) {
    byte[] image = read();
    Retargeting.rename(resource(), image, linkedWith, soname);
    return image;
  }

  /**
   * Initialises the class with the native made to need {@code soname}, which is loaded already.
   * Once per process: the class remembers a failure and cannot be asked again.
   */
  void initialize(String soname, Surroundings surroundings) {
    byte[] image = retargeted(soname);
    List<Path> parents =
        Stream.concat(
                surroundings.property(TEMPORARY).map(Path::of).stream(),
                surroundings.cache().stream())
            .toList();
    List<String> failures = new ArrayList<>();
    for (Path parent : parents) {
      try (StagingFolder folder = StagingFolder.below(parent)) {
        Path file = folder.write(System.mapLibraryName(expectedName()), image);
        if (folder.isLoadable(file) || parent.equals(parents.getLast())) {
          initializeFrom(folder.path());
          return;
        }
        failures.add("nothing can be loaded from " + parent);
      } catch (IOException e) {
        failures.add(parent + " cannot be written: " + e);
      }
    }
    throw new CudaException(
        "the native of %s could not be put anywhere: %s. Set java.io.tmpdir or AUXGRAD_CACHE to a folder that can hold programs"
            .formatted(type.getSimpleName(), String.join("; ", failures)));
  }

  // JCuda takes a file of the right name from the folder for temporary files as it is, and asks the
  // property for that folder at this moment. The JDK does not: others are not disturbed.
  private void initializeFrom(Path folder) {
    String before = System.getProperty(TEMPORARY);
    System.setProperty(TEMPORARY, folder.toString());
    try {
      MethodHandles.publicLookup().ensureInitialized(type);
    } catch (IllegalAccessException | LinkageError e) {
      throw new CudaException(
          "JCuda could not load the native of %s: %s".formatted(type.getSimpleName(), reason(e)),
          e);
    } finally {
      System.setProperty(TEMPORARY, before);
    }
  }

  // JCuda's message is two stack traces; the last error in it is what the dynamic linker said.
  private static String reason(Throwable e) {
    return String.valueOf(e.getMessage())
        .lines()
        .filter(l -> l.contains("UnsatisfiedLinkError: "))
        .reduce((_, last) -> last)
        .map(l -> l.substring(l.indexOf(": ") + 2))
        .orElse(e.toString());
  }

  private String expectedName() {
    return "%s-%s-%s".formatted(type.getSimpleName(), JCudaVersion.get(), PLATFORM);
  }

  private String resource() {
    return "/lib/lib%s-%s-%s.so".formatted(type.getSimpleName(), version, PLATFORM);
  }

  private byte[] read() {
    try (InputStream in = type.getResourceAsStream(resource())) {
      if (in == null) {
        throw new CudaException(
            "%s is not on the class path: add org.jcuda:%s-natives:%s with the classifier %s"
                .formatted(resource(), artifact, version, PLATFORM));
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new CudaException("cannot read " + resource() + " from the class path", e);
    }
  }
}
