package io.auxgrad.kernels.cuda.libraries;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the name of a file says, for example {@code libcublas.so.12.6.4}.
 *
 * @param library that the file should hold
 * @param version that it should have
 */
record LibraryName(CudaLibrary library, Version version) {
  private static final Pattern PATTERN =
      Pattern.compile(
          Arrays.stream(CudaLibrary.values())
              .map(CudaLibrary::stem)
              .collect(Collectors.joining("|", "(", ")\\.so\\.(\\d+(?:\\.\\d+)*)")));

  /** Of a file name; none if it is not that of a version of one of our libraries. */
  static Optional<LibraryName> parse(String fileName) {
    Matcher name = PATTERN.matcher(fileName);
    return name.matches()
        ? Arrays.stream(CudaLibrary.values())
            .filter(l -> l.stem().equals(name.group(1)))
            .findFirst()
            .map(l -> new LibraryName(l, new Version(name.group(2))))
        : Optional.empty();
  }
}
