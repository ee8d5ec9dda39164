package io.auxgrad.mtl.cli;

import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.SelfTest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** What the self-test of a backend found, by family of ops. */
final class OpReport {
  private final Map<String, Family> families = new TreeMap<>();
  private final List<SelfTest.Check> failed = new ArrayList<>();

  private OpReport() {}

  /** Sums over the checks of a family. */
  private static final class Family {
    private int passed;
    private int failed;
    private int unsupported;
    private double worst;
    private double seconds;

    void add(SelfTest.Check check) {
      switch (check.outcome()) {
        case PASSED -> {
          passed++;
          // Where nothing may differ, nothing did.
          worst = Math.max(worst, check.allowed() > 0 ? check.error() / check.allowed() : 0);
        }
        case FAILED -> failed++;
        case UNSUPPORTED -> unsupported++;
      }
      seconds += check.seconds();
    }

    Map<String, Object> values() {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("passed", passed);
      values.put("failed", failed);
      values.put("unsupported", unsupported);
      values.put("worst_error_of_allowed", worst);
      values.put("seconds", seconds);
      return values;
    }
  }

  /** Runs all checks; what fails is told at once. */
  static OpReport of(Backend backend, Output output) {
    OpReport report = new OpReport();
    for (ServiceLoader.Provider<SelfTest> test :
        ServiceLoader.load(SelfTest.class).stream().toList()) {
      test.get()
          .run(backend)
          .forEach(check -> {
            report.families.computeIfAbsent(check.family(), _ -> new Family()).add(check);
            if (check.outcome() == SelfTest.Outcome.FAILED) {
              report.failed.add(check);
              output.note("FAILED %s: %s".formatted(check.name(), check.problem()));
            }
          });
    }
    return report;
  }

  boolean allPassed() {
    return failed.isEmpty() && !families.isEmpty();
  }

  /** A line for each family. */
  String table() {
    StringBuilder lines = new StringBuilder();
    lines.append(
        "%-14s %7s %7s %12s %14s %8s"
            .formatted("ops", "passed", "failed", "unsupported", "error/allowed", "seconds"));
    families.forEach((name, f) ->
        lines.append(
            "%n%-14s %7d %7d %12d %14.2f %8.1f"
                .formatted(name, f.passed, f.failed, f.unsupported, f.worst, f.seconds)));
    return lines.toString();
  }

  /** The same for machines, with the checks that failed. */
  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    families.forEach((name, family) -> values.put(name, family.values()));
    values.put("failed", failed.stream().map(c -> c.name() + ": " + c.problem()).toList());
    return values;
  }
}
