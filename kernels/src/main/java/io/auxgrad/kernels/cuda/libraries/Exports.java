package io.auxgrad.kernels.cuda.libraries;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The functions that a library offers. */
final class Exports {
  private final LibraryFile file;
  private final Set<String> names;

  private Exports(LibraryFile file, Set<String> names) {
    this.file = file;
    this.names = names;
  }

  /** Those of {@code file}. */
  static Exports of(LibraryFile file) {
    try {
      return new Exports(
          file, ElfImage.read(file.path(), image -> new ElfFile(image).symbols().exports()));
    } catch (IOException e) {
      throw new CudaException("cannot read the symbols of " + file, e);
    }
  }

  /** Fails if one of {@code functions} is not there. */
  void require(Collection<String> functions) {
    List<String> absent = absent(functions);
    if (!absent.isEmpty()) {
      throw new CudaException(
          "%s lacks %s: another version of it is needed"
              .formatted(file, String.join(", ", absent)));
    }
  }

  /** Those of {@code functions} that are not there. */
  List<String> absent(Collection<String> functions) {
    return functions.stream().filter(f -> !names.contains(f)).sorted().toList();
  }
}
