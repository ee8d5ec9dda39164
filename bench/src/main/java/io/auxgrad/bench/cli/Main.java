package io.auxgrad.bench.cli;

import io.auxgrad.mtl.UserException;
import java.io.PrintStream;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The entry point. Exit codes: 0 done, 1 failed or slower, 2 wrong usage. */
public final class Main {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private Main() {}

  /** Runs the command in {@code args} and ends the process with its exit code. */
  public static void main(String[] args) {
    PrintStream results = System.out;
    // Results alone go to standard output; JMH's progress must not mix with them.
    System.setOut(System.err);
    System.exit(run(results, System.err, args));
  }

  /**
   * Runs the command in {@code args}; results go to {@code out}, everything else to {@code err}.
   */
  static int run(PrintStream out, PrintStream err, String... args) {
    CommandLine line = new CommandLine(new RunCommand(out));
    line.addSubcommand(new CompareCommand(out));
    line.addSubcommand(new ProfileCommand(out));
    line.addSubcommand(new ScalingCommand(out));
    line.addSubcommand(new FeedingCommand(out));
    line.setOut(new PrintWriter(out, true, out.charset()));
    line.setErr(new PrintWriter(err, true, err.charset()));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, _) -> usage(e, err));
    line.setExecutionExceptionHandler((e, _, _) -> failure(e, err));
    return line.execute(args);
  }

  private static int usage(ParameterException e, PrintStream err) {
    err.println("bench: " + e.getMessage().lines().findFirst().orElse("wrong usage"));
    err.println("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return USAGE;
  }

  private static int failure(Exception e, PrintStream err) {
    if (e instanceof UserException) {
      err.println("bench: " + e.getMessage());
    } else {
      e.printStackTrace(err);
    }
    return FAILED;
  }
}
