package io.auxgrad.bench.cli;

import io.auxgrad.bench.profile.DeviceRoofline;
import io.auxgrad.bench.profile.ProfileReport;
import io.auxgrad.bench.profile.ProfileText;
import io.auxgrad.bench.profile.Roofline;
import io.auxgrad.bench.profile.StepProfile;
import io.auxgrad.bench.report.Machine;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints where the time of a step goes. */
@Command(
    name = "profile",
    description = {
      "Prints the time of a training step by op, and of convolutions by layer: calls, arithmetic and memory",
      "traffic per second, and the share of the speed that the device allows, which is measured first."
    },
    mixinStandardHelpOptions = true)
final class ProfileCommand implements Callable<Integer> {
  @Option(names = "--inference", description = "The deployed network instead of a training step.")
  private boolean inference;

  @Option(
      names = "--eager",
      description = "Steps or passes that are called op by op, not replayed.")
  private boolean eager;

  @Option(names = "--steps", paramLabel = "N", defaultValue = "40", description = "Default: 40.")
  private int steps;

  @Option(names = "--warmup", paramLabel = "N", defaultValue = "40", description = "Default: 40.")
  private int warmup;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes all figures there too.")
  private Path json;

  @Mixin private WorkloadOptions workload;
  @Mixin private DeviceOption device;
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
    Backend backend = device.backend();
    Roofline roofline =
        device.isCuda()
            ? DeviceRoofline.measure(backend, work.precision().math())
            : Roofline.ofHost(threads.count(), backend);
    StepProfile profile =
        inference
            ? StepProfile.ofInference(work, backend, !eager, roofline, warmup, steps)
            : StepProfile.ofTraining(work, backend, !eager, roofline, warmup, steps);
    String what = inference ? "inference" : "training step";
    out.println(
        "%s of %s at %s in %s, %s"
            .formatted(
                what,
                work.network().label(),
                work.size(),
                work.precisionLabel(),
                backend.describe()));
    out.println(new ProfileText(profile));
    if (json != null) {
      ProfileReport.of(Machine.here(threads.count(), backend), what, work, profile).write(json);
    }
    return 0;
  }
}
