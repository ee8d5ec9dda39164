package io.auxgrad.kernels;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;
import static org.junit.platform.launcher.TagFilter.includeTags;

import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.ops.Backends;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs the tests tagged {@code gpu} without Maven: {@code bin/gpu-check} of a bundle. */
public final class GpuCheck {
  static final int PASSED = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int NO_GPU = 3;

  private static final String HELP =
      """
      Usage: gpu-check [CLASS...]
      Runs the tests that need an NVIDIA GPU, and prints what fails, what is skipped and why, and a summary.
      CLASS is a part of the name of a test's class, for example GpuCaseTest; without, all are run.
      Exit code: 0 all passed, 1 a test failed or none ran, 2 wrong usage, 3 there is no GPU to check.\
      """;

  private GpuCheck() {}

  /** Ends the process with the exit code that {@code --help} explains. */
  public static void main(String[] args) {
    System.exit(run(System.out, args));
  }

  private static int run(PrintStream out, String... args) {
    List<String> options = Arrays.stream(args).filter(a -> a.startsWith("-")).toList();
    if (!options.isEmpty()) {
      out.println(HELP);
      return options.equals(List.of("--help")) ? PASSED : USAGE;
    }
    Optional<String> absence = GpuDriver.whyNoGpu();
    if (absence.isPresent()) {
      out.println("gpu-check: no GPU to check: " + absence.get());
      return NO_GPU;
    }
    try {
      out.println(Backends.of(Device.cuda(0)).describe());
    } catch (RuntimeException | LinkageError e) {
      out.println("gpu-check: FAILED: there is a GPU, but the backend does not start: " + e);
      return FAILED;
    }
    return run(out, tests(args));
  }

  private static LauncherDiscoveryRequest tests(String... classes) {
    String[] patterns =
        Arrays.stream(classes).map(c -> ".*" + Pattern.quote(c) + ".*").toArray(String[]::new);
    var request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectPackage(GpuCheck.class.getPackageName()))
            .filters(includeTags("gpu"));
    return (patterns.length == 0 ? request : request.filters(includeClassNamePatterns(patterns)))
        .build();
  }

  static int run(PrintStream out, LauncherDiscoveryRequest tests) {
    var counts = new SummaryGeneratingListener();
    LauncherFactory.create().execute(tests, counts, new TestPrinter(out));
    TestExecutionSummary summary = counts.getSummary();
    long failed = summary.getTotalFailureCount();
    long passed = summary.getTestsSucceededCount();
    out.printf(
        "%d passed, %d failed, %d skipped in %.1f s%n",
        passed,
        failed,
        summary.getTestsAbortedCount() + summary.getTestsSkippedCount(),
        (summary.getTimeFinished() - summary.getTimeStarted()) / 1e3);
    if (passed == 0 && failed == 0) {
      out.println("gpu-check: FAILED: no test ran, so nothing is known");
    }
    return failed == 0 && passed > 0 ? PASSED : FAILED;
  }
}
