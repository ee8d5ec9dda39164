package io.auxgrad.bench.cli;

import io.auxgrad.bench.feeding.Feeding;
import io.auxgrad.tensor.ops.Backend;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what data cost a training step. */
@Command(
    name = "feeding",
    description = {
      "Measures training steps on one batch, on batches from the host's memory, and on batches from the device's.",
      "Prints a table. Ends with 1 if the quicker way of feeding takes more than is allowed."
    },
    mixinStandardHelpOptions = true)
final class FeedingCommand implements Callable<Integer> {
  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "30",
      description = "Of each kind; default: 30.")
  private int steps;

  @Option(
      names = "--at-most",
      paramLabel = "PERCENT",
      defaultValue = "3",
      description = "What data may cost; default: 3.")
  private double most;

  @Mixin private WorkloadOptions workload;
  @Mixin private DeviceOption device;
  @Mixin private ThreadsOption threads;
  private final PrintStream out;

  FeedingCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    workload.requirePositive("--steps", steps);
    Backend backend = device.backend();
    backend.setThreads(threads.count());
    out.println(backend.describe());
    Feeding feeding = Feeding.measure(workload.workload(), backend, steps);
    out.println(feeding.text());
    return 100 * feeding.overhead() <= most ? 0 : 1;
  }
}
