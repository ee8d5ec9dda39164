package io.auxgrad.kernels.cuda.libraries;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What the process has been told about the machine: environment variables, system properties and
 * where the file system begins.
 *
 * @param environment variables by name
 * @param properties from the name of a system property to its value, or null
 * @param root the folder that {@code /} stands for
 */
public record Surroundings(
    Map<String, String> environment, UnaryOperator<String> properties, Path root) {
  /** Those of this process. */
  public static Surroundings ofProcess() {
    return new Surroundings(System.getenv(), System::getProperty, Path.of("/"));
  }

  /** The value of an environment variable; an empty one is none. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(v -> !v.isBlank());
  }

  /** The value of a system property; an empty one is none. */
  public Optional<String> property(String name) {
    return Optional.ofNullable(properties.apply(name)).filter(v -> !v.isBlank());
  }

  /** The file or folder of an absolute path, below the root. */
  public Path path(String absolute) {
    return root.resolve(absolute.substring(1));
  }

  /**
   * Where this user's programs keep what can be made again: {@code auxgrad.cuda.cache} or {@code
   * AUXGRAD_CACHE}, else {@code auxgrad} in {@code XDG_CACHE_HOME} or in {@code ~/.cache}. None
   * where there is no home.
   */
  public Optional<Path> cache() {
    Optional<Path> told =
        property("auxgrad.cuda.cache")
            .or(() -> variable("AUXGRAD_CACHE"))
            .flatMap(Surroundings::folder);
    return told.or(() ->
        variable("XDG_CACHE_HOME")
            .flatMap(Surroundings::folder)
            .filter(Path::isAbsolute)
            .or(() -> home().map(h -> h.resolve(".cache")))
            .map(c -> c.resolve("auxgrad")));
  }

  /** The user's home, if there is one. */
  Optional<Path> home() {
    return property("user.home").flatMap(Surroundings::folder).filter(Path::isAbsolute);
  }

  /** The folders of a value like that of {@code PATH}. */
  static List<Path> folders(String value, String separators) {
    return Arrays.stream(value.split("[" + separators + "]"))
        .filter(p -> !p.isBlank())
        .flatMap(p -> folder(p).stream())
        .toList();
  }

  private static Optional<Path> folder(String path) {
    try {
      return Optional.of(Path.of(path.strip()));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
