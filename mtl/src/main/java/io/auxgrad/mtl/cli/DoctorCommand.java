package io.auxgrad.mtl.cli;

import io.auxgrad.tensor.ops.Finding;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code auxgrad doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Checks that this machine can run auxgrad; exit code 1 if something should work and does not.",
    sortOptions = false)
final class DoctorCommand implements Callable<Integer> {
  @Option(
      names = "--full",
      description =
          "Also runs every op at several sizes on the device against a float64 reference, forward and backward.")
  private boolean full;

  @Mixin private EngineOptions engine;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    Output out = output.output();
    Map<String, Object> values = new LinkedHashMap<>();
    boolean healthy = true;
    for (Finding finding : (Iterable<Finding>) Diagnosis.of(engine)::iterator) {
      out.text("%-8s %-12s %s".formatted(finding.level().mark(), finding.what(), finding.text()));
      values.put(finding.what(), finding.text());
      healthy &= finding.level() != Finding.Level.BROKEN;
    }
    if (full && healthy) {
      OpReport report = OpReport.of(engine.backend(), out);
      out.text(report.table());
      values.put("ops", report.values());
      healthy = report.allPassed();
    }
    values.put("healthy", healthy);
    out.result(values);
    return healthy ? 0 : 1;
  }
}
