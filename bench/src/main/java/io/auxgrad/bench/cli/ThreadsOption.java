package io.auxgrad.bench.cli;

import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many threads every engine uses. */
final class ThreadsOption {
  @Spec(Spec.Target.MIXEE)
  private CommandLine.Model.CommandSpec spec;

  private int count = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "For each engine; default: all processors.")
  void count(int value) {
    if (value < 1) {
      throw new ParameterException(spec.commandLine(), "--threads " + value + " must be 1 or more");
    }
    count = value;
  }

  int count() {
    return count;
  }
}
