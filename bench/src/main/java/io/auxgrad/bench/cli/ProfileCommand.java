package io.auxgrad.bench.cli;

import io.auxgrad.bench.profile.Roofline;
import io.auxgrad.bench.profile.StepProfile;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.tensor.ops.Backends;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints where the time of a step goes. */
@Command(
    name = "profile",
    description = {
      "Prints the time of a training step by op: calls, arithmetic and memory traffic per second,",
      "and the share of the speed that the machine allows, which is measured first."
    },
    mixinStandardHelpOptions = true)
final class ProfileCommand implements Callable<Integer> {
  @Option(names = "--inference", description = "The deployed network instead of a training step.")
  private boolean inference;

  @Option(names = "--steps", paramLabel = "N", defaultValue = "40", description = "Default: 40.")
  private int steps;

  @Option(names = "--warmup", paramLabel = "N", defaultValue = "40", description = "Default: 40.")
  private int warmup;

  @Mixin private WorkloadOptions workload;
  @Mixin private ThreadsOption threads;
  private final PrintStream out;

  ProfileCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    workload.requirePositive("--steps", steps);
    workload.requirePositive("--warmup", warmup);
    Workload work = workload.workload();
    Backends.cpu().setThreads(threads.count());
    Roofline roofline = Roofline.measure(threads.count());
    StepProfile profile =
        inference
            ? StepProfile.ofInference(work, roofline, warmup, steps)
            : StepProfile.ofTraining(work, roofline, warmup, steps);
    out.println(
        "%s of %s at %s in %s, %s"
            .formatted(
                inference ? "inference" : "training step",
                work.network().label(),
                work.size(),
                work.precisionLabel(),
                Backends.cpu().describe()));
    out.println(profile.text());
    return 0;
  }
}
