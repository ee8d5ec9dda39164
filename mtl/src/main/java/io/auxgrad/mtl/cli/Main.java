package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.config.ConfigException;
import io.auxgrad.mtl.config.Presets;
import io.auxgrad.tensor.OutOfDeviceMemory;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The entry point. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.
 *
 * <p>A command class holds nothing of the engine in its fields, so that help stays quick.
 */
@Command(
    name = "auxgrad",
    description = "Multi-task dense prediction with auxiliary learning.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TrainCommand.class,
      EvalCommand.class,
      PredictCommand.class,
      ExportCommand.class,
      DoctorCommand.class
    },
    footer = {
      "",
      "auxgrad COMMAND --help explains a command. Without anything special: auxgrad train"
    })
public final class Main implements Runnable {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  Main() {}

  /** Runs the command in {@code args} and ends the process with its exit code. */
  public static void main(String[] args) {
    PrintStream results = System.out;
    // Results alone go to standard output; whatever a library prints must not mix with them.
    System.setOut(System.err);
    System.exit(run(results, System.err, args));
  }

  /**
   * Runs the command in {@code args}; results go to {@code out}, everything else to {@code err}.
   */
  static int run(PrintStream out, PrintStream err, String... args) {
    boolean json = List.of(args).contains("--json");
    Output.Streams streams = new Output.Streams(out, err);
    CommandLine line = new CommandLine(new Main(), new CommandFactory(streams));
    line.setOut(new PrintWriter(out, true, out.charset()));
    line.setErr(new PrintWriter(err, true, err.charset()));
    line.getSubcommands()
        .get("train")
        .getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_FOOTER, _ -> presets());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, a) -> usage(e, streams, json));
    line.setExecutionExceptionHandler((e, c, parsed) -> failure(e, streams, json, args));
    try {
      return line.execute(args);
    } catch (OutOfDeviceMemory e) { // an error, of which handlers are not told
      return failure(new UserException(e.getMessage(), e), streams, json, args);
    }
  }

  /** Without a command: the help. */
  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing: train, eval, predict, export or doctor");
  }

  // Read for the help of train alone: other commands start without them.
  private static String presets() {
    return Presets.NAMES.stream()
        .map(name -> "  %-14s  %s%n".formatted(name, Presets.description(name)))
        .collect(Collectors.joining("", "%nPresets:%n".formatted(), ""));
  }

  private static int usage(ParameterException e, Output.Streams streams, boolean json) {
    report(e.getMessage(), streams, json);
    if (!UnmatchedArgumentException.printSuggestions(e, streams.err())) {
      streams
          .err()
          .println("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    }
    return USAGE;
  }

  private static int failure(Exception e, Output.Streams streams, boolean json, String... args) {
    if (List.of(args).contains("--debug")) {
      e.printStackTrace(streams.err());
    }
    report(e instanceof UserException ? e.getMessage() : unexpected(e), streams, json);
    return e instanceof ConfigException ? USAGE : FAILED;
  }

  private static String unexpected(Exception e) {
    return "unexpected " + e + " (--debug prints where)";
  }

  private static void report(String message, Output.Streams streams, boolean json) {
    Output output = new Output(streams, json, false);
    output.error(message);
    output.result(Map.of("error", message));
  }
}
