package io.auxgrad.kernels.cuda.libraries;

import io.auxgrad.kernels.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Libraries that the dynamic linker takes for NVIDIA's: they have the functions that JCuda's
 * natives know, and the versions of their symbols. Made with {@code cc}.
 */
final class StubLibraries {
  private final Path folder;

  StubLibraries(Path folder) {
    this.folder = folder;
  }

  /** Whether this machine has the compiler. */
  static boolean available() {
    return Program.isInstalled("cc");
  }

  /** Makes a library whose functions all return {@code status}, but for those of {@code code}. */
  void make(String soname, Collection<String> functions, int status, String code, Path... needed)
      throws IOException {
    String rest =
        functions.stream()
            .filter(f -> !code.contains(" " + f + "("))
            .map(f -> "int %s(void) { return %d; }%n".formatted(f, status))
            .collect(Collectors.joining());
    Path source = Files.writeString(folder.resolve(soname + ".c"), code + "\n" + rest);
    Path versions =
        Files.writeString(folder.resolve(soname + ".map"), soname + " { global: *; };\n");
    List<String> command =
        new ArrayList<>(
            List.of("cc", "-w", "-shared", "-fPIC", "-nostdlib", "-Wl,-soname," + soname));
    if (soname.matches("lib(nvrtc|cublas|cudnn)\\.so.*")) {
      command.add("-Wl,--version-script=" + versions);
    }
    command.addAll(List.of("-o", folder.resolve(soname).toString(), source.toString()));
    Arrays.stream(needed).forEach(n -> command.addAll(List.of("-Wl,--no-as-needed", n.toString())));
    Program.run(command);
  }
}
