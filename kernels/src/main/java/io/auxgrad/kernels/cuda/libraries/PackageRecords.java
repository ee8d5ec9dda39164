package io.auxgrad.kernels.cuda.libraries;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What pip wrote down about NVIDIA's packages: the names of the libraries inside have no more than
 * the first number of their versions, and that of cuDNN not the CUDA that it belongs to.
 */
final class PackageRecords {
  /**
   * An installed package.
   *
   * @param cudaMajor that its name says
   */
  record Wheel(Version version, OptionalInt cudaMajor) {}

  private static final Map<CudaLibrary, String> WHEELS =
      Map.of(
          CudaLibrary.NVRTC, "nvidia_cuda_nvrtc",
          CudaLibrary.NVRTC_BUILTINS, "nvidia_cuda_nvrtc",
          CudaLibrary.CUBLAS, "nvidia_cublas",
          CudaLibrary.CUBLAS_LT, "nvidia_cublas",
          CudaLibrary.CUDNN, "nvidia_cudnn");
  private static final Pattern RECORD =
      Pattern.compile("(nvidia_[a-z_]+?)(?:_cu(\\d{1,3}))?-(\\d+(?:\\.\\d+)*)[^-]*\\.dist-info");
  // Of a library below them: nvidia/cublas/lib/libcublas.so.12
  private static final int DEPTH = 4;

  private PackageRecords() {}

  /**
   * The package that {@code file} belongs to.
   *
   * @param file its real path
   * @param major of the library, which the package's version begins with
   */
  static Optional<Wheel> of(CudaLibrary library, Path file, int major) {
    int names = file.getNameCount();
    if (names <= DEPTH) {
      return Optional.empty();
    }
    Path packages = file.getRoot().resolve(file.subpath(0, names - DEPTH));
    try (Stream<Path> records = Files.list(packages)) {
      return records
          .flatMap(r -> parse(library, r.getFileName().toString()).stream())
          .filter(p -> p.version().major() == major)
          .max(Comparator.comparing(Wheel::version));
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private static Optional<Wheel> parse(CudaLibrary library, String name) {
    Matcher record = RECORD.matcher(name);
    if (!record.matches() || !record.group(1).equals(WHEELS.get(library))) {
      return Optional.empty();
    }
    String cuda = record.group(2);
    return Optional.of(
        new Wheel(
            new Version(record.group(3)),
            cuda == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(cuda))));
  }
}
