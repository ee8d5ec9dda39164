package io.auxgrad.mtl.cli;

import picocli.CommandLine.Option;

/** Options of every command about what is printed. */
final class OutputOptions {
  @Option(
      names = "--json",
      description = "One JSON object on standard output, everything else on standard error.")
  private boolean json;

  @Option(names = "--quiet", description = "No progress, results only.")
  private boolean quiet;

  @Option(names = "--debug", description = "Stack traces of errors.")
  private boolean debug;

  private final Output.Streams streams;

  OutputOptions(Output.Streams streams) {
    this.streams = streams;
  }

  Output output() {
    return new Output(streams, json, quiet);
  }

  boolean debug() {
    return debug;
  }
}
