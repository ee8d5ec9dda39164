package io.auxgrad.kernels;

import io.auxgrad.kernels.Steps.Step;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything that there is to find out on a GPU.
 *
 * @param folder of the logs
 * @param chosen names of the steps to run; all, if empty
 */
record AllChecks(Path folder, List<String> chosen) {
  private static final long LIMIT_SECONDS = 1200;
  private static final String COMMAND_LINE = "io.auxgrad.mtl.cli.Main";

  /** The names of all. */
  static final List<String> STEPS =
      List.of("doctor", "tests", "training", "launches", "bandwidth", "memcheck", "racecheck");

  int run(PrintStream out) throws IOException, InterruptedException {
    List<Step> steps = (chosen.isEmpty() ? STEPS : chosen).stream().map(this::step).toList();
    return new Steps(folder, LIMIT_SECONDS).run(steps, out) ? GpuCheck.PASSED : GpuCheck.FAILED;
  }

  private Step step(String name) {
    return new Step(
        name,
        switch (name) {
          case "doctor" -> commandLine("doctor");
          case "tests" -> check();
          // A second time it goes on from the end of the first, and still evaluates.
          case "training" ->
              commandLine("train --preset tiny --resume --out", folder.resolve("run").toString());
          case "launches" -> check("--launches");
          case "bandwidth" ->
              check("--bandwidth", "--json", folder.resolve("bandwidth.json").toString());
          default -> check("--sanitize", name);
        });
  }

  /** What {@code bin/auxgrad} is told, and that it is to use the GPU. */
  private static List<String> commandLine(String words, String... more) {
    Stream<String> all =
        Stream.of(Stream.of(words.split(" ")), Stream.of(more), Stream.of("--device", "cuda"))
            .flatMap(s -> s);
    return ChildJvm.command(COMMAND_LINE, List.of(), all.toArray(String[]::new));
  }

  private static List<String> check(String... arguments) {
    return ChildJvm.command(GpuCheck.class, List.of(), arguments);
  }
}
