package io.auxgrad.bench.cli;

import io.auxgrad.bench.scaling.Scaling;
import io.auxgrad.bench.scaling.ScalingPlot;
import io.auxgrad.bench.work.NetworkKind;
import io.auxgrad.tensor.ops.Backends;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures how the time of a step grows. */
@Command(
    name = "scaling",
    description = {
      "Measures training steps of 1 to 16 images, of 16-fold pixels, of 1 to 3 tasks, on 1 to N threads.",
      "Prints a table. Ends with 1 if time is not linear in images and pixels within 10 %."
    },
    mixinStandardHelpOptions = true)
final class ScalingCommand implements Callable<Integer> {
  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "3",
      description = "For each of some 15 sizes; default: 3.")
  private double seconds;

  @Option(names = "--plot", paramLabel = "FILE.png", description = "Draws a picture too.")
  private Path plot;

  @Mixin private ThreadsOption threads;
  @Spec private CommandLine.Model.CommandSpec spec;
  private final PrintStream out;

  ScalingCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    if (!(seconds > 0)) {
      throw new ParameterException(
          spec.commandLine(), "--seconds " + seconds + " must be positive");
    }
    Scaling scaling = Scaling.measure(NetworkKind.MOBILENETV2, threads.count(), seconds);
    out.println(Backends.cpu().describe());
    out.println(scaling.text());
    if (plot != null) {
      ScalingPlot.write(scaling, plot);
    }
    return scaling.isLinear() ? 0 : 1;
  }
}
