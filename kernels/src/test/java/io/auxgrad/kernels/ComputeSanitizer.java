package io.auxgrad.kernels;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** NVIDIA's tool that finds wrong accesses and races in kernels, and where it may be. */
record ComputeSanitizer(List<Path> folders) {
  private static final String NAME = "compute-sanitizer";
  private static final Path TOOLKITS = Path.of("/usr/local");
  private static final int FOUND_ERRORS = 99;

  /**
   * With the folders of the path, of the toolkit that is named, and of those that are installed.
   */
  static ComputeSanitizer of(Map<String, String> environment) {
    return of(environment, TOOLKITS);
  }

  static ComputeSanitizer of(Map<String, String> environment, Path toolkits) {
    List<Path> folders = new ArrayList<>();
    for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator)) {
      folders.add(Path.of(folder));
    }
    for (String variable : List.of("CUDA_HOME", "CUDA_PATH", "CONDA_PREFIX")) {
      if (environment.containsKey(variable)) {
        folders.add(Path.of(environment.get(variable), "bin"));
      }
    }
    try (DirectoryStream<Path> installed = Files.newDirectoryStream(toolkits, "cuda*")) {
      installed.forEach(toolkit -> folders.add(toolkit.resolve("bin")));
    } catch (IOException e) {
      folders.add(toolkits.resolve("cuda/bin"));
    }
    return new ComputeSanitizer(List.copyOf(folders));
  }

  Optional<Path> find() {
    return folders.stream().map(f -> f.resolve(NAME)).filter(Files::isExecutable).findFirst();
  }

  /**
   * The command that runs {@code program} under a tool; its status is not 0 if anything is found.
   */
  static List<String> command(Path sanitizer, String tool, List<String> program) {
    List<String> command = new ArrayList<>();
    command.add(sanitizer.toString());
    command.addAll(
        List.of(
            "--tool",
            tool,
            "--error-exitcode",
            String.valueOf(FOUND_ERRORS),
            "--print-limit",
            "20"));
    if (tool.equals("memcheck")) {
      // We look at each status ourselves, and one ends the list of a kernel's parameters.
      command.addAll(List.of("--report-api-errors", "no"));
    }
    command.addAll(program);
    return command;
  }
}
