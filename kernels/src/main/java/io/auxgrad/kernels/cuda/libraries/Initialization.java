package io.auxgrad.kernels.cuda.libraries;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Initialises a class of JCuda with a native of our making. That can be done once per process: the
 * class remembers a failure.
 */
final class Initialization {
  private static final String TEMPORARY = "java.io.tmpdir";

  private final Binding binding;
  private final Surroundings surroundings;

  Initialization(Binding binding, Surroundings surroundings) {
    this.binding = binding;
    this.surroundings = surroundings;
  }

  /** With {@code image} for its native, whose needed libraries are loaded already. */
  void run(byte[] image) {
    List<Path> parents =
        Stream.concat(
                surroundings.property(TEMPORARY).map(Path::of).stream(),
                surroundings.cache().stream())
            .toList();
    List<String> failures = new ArrayList<>();
    for (Path parent : parents) {
      try (StagingFolder folder = StagingFolder.below(parent)) {
        Path file = folder.write(binding.fileName(), image);
        // Where it can be loaded from nowhere, the class will be told why.
        if (folder.isLoadable(file) || parent.equals(parents.getLast())) {
          initializeFrom(folder.path());
          return;
        }
        failures.add("nothing can be loaded from " + parent);
      } catch (IOException e) {
        failures.add("%s cannot be used (%s)".formatted(parent, e.getMessage()));
      }
    }
    throw new CudaException(
        "the native of %s could not be put anywhere: %s. Set java.io.tmpdir or AUXGRAD_CACHE to a folder that can hold programs"
            .formatted(name(), String.join("; ", failures)));
  }

  // JCuda takes a file of the right name from the folder for temporary files as it is, and asks for
  // that folder at this moment. The JDK asked when it started: nobody else is disturbed.
  private void initializeFrom(Path folder) {
    String before = System.getProperty(TEMPORARY);
    System.setProperty(TEMPORARY, folder.toString());
    try {
      MethodHandles.publicLookup().ensureInitialized(binding.type());
    } catch (IllegalAccessException | LinkageError e) {
      throw new CudaException(
          "JCuda could not load the native of %s: %s%s".formatted(name(), reason(e), hint()), e);
    } finally {
      restore(before);
    }
  }

  private static void restore(String before) {
    if (before == null) {
      System.clearProperty(TEMPORARY);
    } else {
      System.setProperty(TEMPORARY, before);
    }
  }

  private String name() {
    return binding.type().getSimpleName();
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

  // There are always functions that a library of another version lacks and that are never called.
  private String hint() {
    return surroundings.variable("LD_BIND_NOW").isPresent()
        ? ". The environment variable LD_BIND_NOW must not be set"
        : "";
  }
}
