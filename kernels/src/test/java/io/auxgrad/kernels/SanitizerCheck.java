package io.auxgrad.kernels;

import io.auxgrad.kernels.cases.GpuCases;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Runs the op cases under a tool of compute-sanitizer.
 *
 * @param tool {@code memcheck} or {@code racecheck}
 * @param cases a part of the names of the cases that run; all, if empty
 */
record SanitizerCheck(String tool, String cases) {
  // Zones behind buffers, which the tool does not know of: it sees what was taken from the driver.
  private static final List<String> GUARDS = List.of("-Dauxgrad.debug.guards=true");

  int run(PrintStream out) throws IOException, InterruptedException {
    ComputeSanitizer sanitizer = ComputeSanitizer.of(System.getenv());
    Optional<Path> program = sanitizer.find();
    if (program.isEmpty()) {
      out.println("gpu-check: no compute-sanitizer, which comes with the CUDA toolkit, in");
      sanitizer.folders().forEach(folder -> out.println("  " + folder));
      return GpuCheck.ABSENT;
    }
    List<String> options = tool.equals("memcheck") ? GUARDS : List.of();
    List<String> command =
        ComputeSanitizer.command(
            program.get(), tool, ChildJvm.command(GpuCases.class, options, cases));
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    return status == 0 ? GpuCheck.PASSED : GpuCheck.FAILED;
  }
}
