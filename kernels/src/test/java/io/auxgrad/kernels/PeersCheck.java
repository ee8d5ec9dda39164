package io.auxgrad.kernels;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares with PyTorch on the GPU, by the script that the bundle has for it.
 *
 * @param script it
 * @param pythons that may have PyTorch, in the order in which they are tried
 * @param options for the script
 */
record PeersCheck(Path script, List<String> pythons, List<String> options) {
  private static final String VARIABLE = "AUXGRAD_PYTHON";
  private static final String NEEDS =
      "import numpy, torch, sys; sys.exit(0 if torch.cuda.is_available() else 'its torch finds no GPU')";

  /** With the bundle's script and the Python that is named in the environment or on the path. */
  static PeersCheck of(Map<String, String> environment, List<String> options) {
    Path java = Path.of(System.getProperty("java.home"));
    List<String> pythons =
        environment.containsKey(VARIABLE)
            ? List.of(environment.get(VARIABLE))
            : List.of("python3", "python");
    return new PeersCheck(java.resolveSibling("bench/peers/record.py"), pythons, options);
  }

  int run(PrintStream out) throws IOException, InterruptedException {
    if (!Files.exists(script)) {
      out.println("gpu-check: no " + script + ": a bundle has it");
      return GpuCheck.ABSENT;
    }
    Optional<String> python = python(out);
    if (python.isEmpty()) {
      out.printf("gpu-check: no Python with numpy and torch for CUDA; %s names one%n", VARIABLE);
      return GpuCheck.ABSENT;
    }
    List<String> command = new ArrayList<>(List.of(python.get(), "-B", script.toString()));
    command.addAll(List.of("--device", "cuda"));
    command.addAll(options);
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    return status == 0 ? GpuCheck.PASSED : GpuCheck.FAILED;
  }

  /** The first that has what is needed; says of the others what they lack. */
  private Optional<String> python(PrintStream out) throws InterruptedException {
    for (String python : pythons) {
      try {
        Process process = new ProcessBuilder(python, "-c", NEEDS).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() == 0) {
          return Optional.of(python);
        }
        out.printf("%s: %s%n", python, said.strip().lines().reduce("", (_, last) -> last));
      } catch (IOException e) {
        out.printf("%s: %s%n", python, e.getMessage());
      }
    }
    return Optional.empty();
  }
}
