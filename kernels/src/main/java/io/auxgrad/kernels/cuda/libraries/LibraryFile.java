package io.auxgrad.kernels.cuda.libraries;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * A library on this machine.
 *
 * @param library which one
 * @param path of the file
 * @param soname the name under which the dynamic linker knows it, for example {@code
 *     libcublas.so.13}
 * @param version as exact as file names and package records tell it
 * @param cudaMajor the CUDA that it belongs to, where that can be told
 * @param origin what led to it
 */
public record LibraryFile(
    CudaLibrary library,
    Path path,
    String soname,
    Version version,
    OptionalInt cudaMajor,
    Origin origin) {
  @Override
  public String toString() {
    return "%s %s (%s, found through %s)".formatted(library.stem(), version, path, origin);
  }
}
