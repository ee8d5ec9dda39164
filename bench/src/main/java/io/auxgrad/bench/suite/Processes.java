package io.auxgrad.bench.suite;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whole processes, from their start to their end. */
final class Processes {
  /** A file from which nothing can be read. */
  static final File NO_INPUT =
      new File(System.getProperty("os.name").startsWith("Windows") ? "NUL" : "/dev/null");

  private Processes() {}

  /** The command that runs {@code main} as the launcher does, on this process's class path. */
  static List<String> java(String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Launcher.options());
    command.add("-Dauxgrad.threads=" + Threads.count());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Runs {@code command}; what it prints is dropped. */
  static void run(List<String> command, File input) throws IOException, InterruptedException {
    int exit =
        new ProcessBuilder(command)
            .redirectInput(input)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    if (exit != 0) {
      throw new IllegalStateException(String.join(" ", command) + " ended with code " + exit);
    }
  }
}
