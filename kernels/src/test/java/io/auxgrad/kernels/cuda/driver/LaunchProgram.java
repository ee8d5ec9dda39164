package io.auxgrad.kernels.cuda.driver;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code launch_cost.c}: the one of the bundle where it starts, else compiled on the spot. */
final class LaunchProgram {
  private static final String NAME = "launch_cost";
  private static final int USAGE = 2;
  private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");

  private LaunchProgram() {}

  /** A program that starts, in {@code folder} if it had to be compiled; none without a compiler. */
  static Optional<Path> get(Path folder) throws IOException, InterruptedException {
    Path bundled = besideOurJar();
    if (starts(bundled)) {
      return Optional.of(bundled);
    }
    Path source = folder.resolve(NAME + ".c");
    Path program = folder.resolve(NAME);
    try (InputStream text = LaunchProgram.class.getResourceAsStream(NAME + ".c")) {
      Files.write(source, text.readAllBytes());
    }
    for (String compiler : COMPILERS) {
      String[] command = {
        compiler,
        "-std=c11",
        "-O2",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-o",
        program.toString(),
        source.toString(),
        "-ldl"
      };
      if (status(command) == 0 && starts(program)) {
        return Optional.of(program);
      }
    }
    return Optional.empty();
  }

  private static Path besideOurJar() {
    try {
      return Path.of(
              LaunchProgram.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .resolveSibling(NAME);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean starts(Path program) throws InterruptedException {
    return status(program.toString()) == USAGE;
  }

  /** How the command ends; -1 if it cannot be started. */
  private static int status(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1;
    }
  }

  /** Runs {@code program} with {@code environment} beside ours, and reads its figures. */
  static LaunchCost run(Path program, Path module, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(program.toString(), module.toString(), "nothing")
            .redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(output.strip());
    }
    String[] figures = output.strip().split(" ");
    return new LaunchCost(
        Double.parseDouble(figures[0]) * 1e-9, Double.parseDouble(figures[1]) * 1e-9);
  }
}
