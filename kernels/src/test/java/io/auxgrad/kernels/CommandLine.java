package io.auxgrad.kernels;

import java.util.ArrayList;
import java.util.List;

/** The command line of auxgrad, which is on the class path of a bundle only. */
final class CommandLine {
  private static final String PROGRAM = "io.auxgrad.mtl.cli.Main";

  private CommandLine() {}

  /** What {@code bin/auxgrad} is told, and that it is to use the GPU. */
  static List<String> onGpu(String words, String... more) {
    return onGpu(List.of(), words, more);
  }

  /** The same with options for the JVM. */
  static List<String> onGpu(List<String> options, String words, String... more) {
    List<String> arguments = new ArrayList<>(List.of(words.split(" ")));
    arguments.addAll(List.of(more));
    arguments.addAll(List.of("--device", "cuda"));
    return ChildJvm.command(PROGRAM, options, arguments.toArray(String[]::new));
  }
}
