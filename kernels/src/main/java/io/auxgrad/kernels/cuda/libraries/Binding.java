package io.auxgrad.kernels.cuda.libraries;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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

  /** The class; its initialiser looks for the native. */
  Class<?> type() {
    return type;
  }

  /** The name of the file that the class looks for. */
  String fileName() {
    return "lib%s-%s-%s.so".formatted(type.getSimpleName(), JCudaVersion.get(), PLATFORM);
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
