package io.auxgrad.mtl.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code auxgrad doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Checks that this machine can run auxgrad; exit code 1 if something should work and does not.",
    sortOptions = false)
final class DoctorCommand implements Callable<Integer> {
  @Mixin private EngineOptions engine;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    Output out = output.output();
    List<Finding> findings = Diagnosis.of(engine);
    Map<String, Object> values = new LinkedHashMap<>();
    for (Finding finding : findings) {
      out.text("%-8s %-12s %s".formatted(finding.level().mark(), finding.what(), finding.text()));
      values.put(finding.what(), finding.text());
    }
    boolean healthy = findings.stream().noneMatch(f -> f.level() == Finding.Level.BROKEN);
    values.put("healthy", healthy);
    out.result(values);
    return healthy ? 0 : 1;
  }
}
