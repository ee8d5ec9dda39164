package io.auxgrad.kernels;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Commands that run one after the other, each in a process of its own, so that none is kept from
 * running by how another one ended. What they print goes to a file for each.
 *
 * @param folder of the files
 */
record Steps(Path folder) {
  /**
   * A command.
   *
   * @param name of its file
   * @param limitSeconds how long it may take
   * @param command program and arguments
   */
  record Step(String name, long limitSeconds, List<String> command) {}

  /**
   * Prints a line for each step, also to the end of {@code summary.txt}, so that steps may come in
   * several calls; returns whether none failed.
   */
  boolean run(List<Step> steps, PrintStream out) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    boolean good = true;
    try (PrintStream summary = summary()) {
      for (Step step : steps) {
        long start = System.nanoTime();
        Path log = folder.resolve(step.name + ".log");
        String end = end(step, log);
        good &= !end.startsWith("FAILED");
        long seconds = (System.nanoTime() - start) / 1_000_000_000;
        String line = "%-8s %s, %d s, %s".formatted(end, step.name, seconds, log);
        out.println(line);
        summary.println(line);
      }
    }
    return good;
  }

  private PrintStream summary() throws IOException {
    return new PrintStream(
        Files.newOutputStream(folder.resolve("summary.txt"), CREATE, APPEND),
        true,
        StandardCharsets.UTF_8);
  }

  private String end(Step step, Path log) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(step.command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        return end(process, step.limitSeconds);
      } finally {
        kill(process);
      }
    } catch (IOException e) {
      return "FAILED (%s)".formatted(e.getMessage());
    }
  }

  private String end(Process process, long limitSeconds) throws InterruptedException {
    if (!process.waitFor(limitSeconds, TimeUnit.SECONDS)) {
      kill(process);
      process.waitFor();
      return "FAILED (ended after %d s)".formatted(limitSeconds);
    }
    return switch (process.exitValue()) {
      case GpuCheck.PASSED -> "passed";
      case GpuCheck.ABSENT -> "absent";
      default -> "FAILED (%d)".formatted(process.exitValue());
    };
  }

  /** Nothing of a step goes on beside the next one, or behind a check that was interrupted. */
  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
