package io.auxgrad.kernels.cpu.onednn;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What the operating system calls the libraries.
 *
 * @param name folder of the libraries inside the jar, for example {@code linux-x86_64}
 * @param libraries file names, each after those it needs
 * @param cache where programs of this user keep what can be made again
 */
record Platform(String name, List<String> libraries, Path cache) {
  static Platform current() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch =
        switch (System.getProperty("os.arch")) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64" -> "arm64";
          case String other -> other;
        };
    Path home = Path.of(System.getProperty("user.home"));
    if (os.startsWith("mac")) {
      return new Platform(
          "macosx-" + arch,
          List.of("libomp.dylib", "libdnnl.3.dylib"),
          home.resolve("Library/Caches"));
    }
    if (os.startsWith("windows")) {
      return new Platform("windows-" + arch, List.of("dnnl.dll"), folder("LOCALAPPDATA", home));
    }
    return new Platform(
        "linux-" + arch,
        List.of("libgomp.so.1", "libdnnl.so.3"),
        folder("XDG_CACHE_HOME", home.resolve(".cache")));
  }

  private static Path folder(String variable, Path otherwise) {
    String value = System.getenv(variable);
    return value == null || value.isEmpty() ? otherwise : Path.of(value);
  }
}
