package io.auxgrad.bench.cli;

import io.auxgrad.bench.report.Comparison;
import io.auxgrad.bench.report.Report;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares two reports. */
@Command(
    name = "compare",
    description = {
      "Compares two files of bench/run. A work is slower where the intervals of both medians do not",
      "overlap and the medians differ by more than the threshold. Ends with 1 if auxgrad is slower."
    },
    mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "BEFORE.json", description = "The base.")
  private Path before;

  @Parameters(index = "1", paramLabel = "AFTER.json", description = "What is judged.")
  private Path after;

  @Option(
      names = "--threshold",
      paramLabel = "PERCENT",
      defaultValue = "5",
      description = "Differences up to this are nobody's concern; default: 5.")
  private double threshold;

  @Spec private CommandLine.Model.CommandSpec spec;
  private final PrintStream out;

  CompareCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    if (!(threshold >= 0)) {
      throw new ParameterException(
          spec.commandLine(), "--threshold " + threshold + " must not be negative");
    }
    Comparison comparison =
        new Comparison(Report.read(before), Report.read(after), threshold / 100);
    if (comparison.rows().isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), before + " and " + after + " have no work in common");
    }
    out.println(comparison.text());
    return comparison.hasRegression() ? 1 : 0;
  }
}
