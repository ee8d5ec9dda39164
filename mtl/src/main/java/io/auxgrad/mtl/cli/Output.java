package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.run.Json;
import java.io.Console;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where a command prints: results to standard output, progress to standard error. */
final class Output {
  /** Standard output and standard error, or a test's stand-ins. */
  record Streams(PrintStream out, PrintStream err) {}

  private final Streams streams;
  private final boolean json;
  private final boolean quiet;

  Output(Streams streams, boolean json, boolean quiet) {
    this.streams = streams;
    this.json = json;
    this.quiet = quiet;
  }

  /** A line about what is going on. */
  void note(String line) {
    if (!quiet) {
      streams.err().println(line);
    }
  }

  /** A line that should not be missed. */
  void warn(String line) {
    streams.err().println("auxgrad: warning: " + line);
  }

  /** What went wrong. */
  void error(String message) {
    streams.err().println("auxgrad: " + message);
  }

  /** Lines of the result for people; nothing under {@code --json}. */
  void text(String lines) {
    if (!json) {
      streams.out().println(lines);
    }
  }

  /**
   * The result as one JSON object under {@code --json}; figures that are not finite become null.
   */
  void result(Map<String, ?> values) {
    if (json) {
      Map<String, Object> clean = new LinkedHashMap<>();
      values.forEach(
          (key, v) -> clean.put(key, v instanceof Double d && !Double.isFinite(d) ? null : v));
      streams.out().print(Json.write(clean));
      streams.out().flush();
    }
  }

  boolean isQuiet() {
    return quiet;
  }

  /** Whether a person watches, so that a line may be redrawn. */
  @SuppressWarnings("SystemConsoleNull") // null or not is up to -Djdk.console
  boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  PrintStream err() {
    return streams.err();
  }
}
