package io.auxgrad.kernels;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;
import static org.junit.platform.launcher.TagFilter.includeTags;

import io.auxgrad.kernels.cuda.bandwidth.BandwidthCheck;
import io.auxgrad.kernels.cuda.driver.CudaGpu;
import io.auxgrad.kernels.cuda.driver.LaunchComparison;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** What there is to find out on a GPU, without Maven: {@code bin/gpu-check} of a bundle. */
public final class GpuCheck {
  static final int PASSED = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int ABSENT = 3;

  private static final String HELP =
      """
      Usage: gpu-check [CLASS...]
             gpu-check --bandwidth [--at-least PERCENT] [--json FILE]
             gpu-check --launches
             gpu-check --peers [OPTION...]
             gpu-check --sanitize memcheck|racecheck [CASE...|--training]
             gpu-check --all --out FOLDER [STEP...]
      Checks the first NVIDIA GPU of this machine.
        CLASS...     runs the tests that need a GPU, and prints what fails, what is skipped and why, and a
                     summary. CLASS is a part of the name of a test's class; without, all are run
        --bandwidth  how near each kernel that is bound by memory comes to the rate of a copy; fails if one
                     is below PERCENT
        --launches   what a launch costs from Java and from C; fails if Java costs more than it may
        --peers      compares with PyTorch, by a Python that has it; OPTION is of bench/peers/record.py
        --sanitize   runs the op cases, or those with a CASE in family or name, or a few steps of training,
                     under compute-sanitizer; names each before it runs, and at the end those that failed
        --all        all of these, profiles of whole steps and what data cost one, one after the other,
                     with a log for each in FOLDER. STEP is
                     STEPS
      Exit code: 0 all is good, 1 something failed or no test ran, 2 wrong usage, 3 there is no GPU, no
      PyTorch or no compute-sanitizer.\
      """;

  private GpuCheck() {}

  /** What there is to do, which returns the exit code. */
  @FunctionalInterface
  private interface Command {
    int run(PrintStream out) throws IOException, InterruptedException;
  }

  /** Ends the process with the exit code that {@code --help} explains. */
  public static void main(String[] args) throws IOException, InterruptedException {
    System.exit(run(System.out, List.of(args)));
  }

  static int run(PrintStream out, List<String> args) throws IOException, InterruptedException {
    Optional<Command> command = command(args);
    if (command.isEmpty()) {
      String steps = String.join(", ", AllChecks.names());
      out.println(HELP.replace("STEPS", steps.replaceAll("(.{70}\\S*) ", "$1\n               ")));
      return args.equals(List.of("--help")) ? PASSED : USAGE;
    }
    Optional<String> absence = GpuDriver.whyNoGpu();
    if (absence.isPresent()) {
      out.println("gpu-check: no GPU to check: " + absence.get());
      return ABSENT;
    }
    try {
      return command.get().run(out);
    } catch (CudaException | LinkageError e) {
      // All of it: who reads the log may have no GPU at hand to try it again on.
      out.println("gpu-check: FAILED, although there is a GPU:");
      e.printStackTrace(out);
      return FAILED;
    }
  }

  /** None if {@code args} are wrong. */
  private static Optional<Command> command(List<String> args) {
    String first = args.isEmpty() ? "" : args.getFirst();
    List<String> rest = args.subList(Math.min(1, args.size()), args.size());
    return switch (first) {
      case "--bandwidth" -> bandwidth(rest);
      case "--launches" -> rest.isEmpty() ? Optional.of(GpuCheck::launches) : Optional.empty();
      case "--peers" -> Optional.of(PeersCheck.of(System.getenv(), rest)::run);
      case "--sanitize" -> sanitizer(rest);
      case "--all" -> all(rest);
      default ->
          args.stream().anyMatch(a -> a.startsWith("-"))
              ? Optional.empty()
              : Optional.of(out -> test(out, args));
    };
  }

  private static Optional<Command> bandwidth(List<String> options) {
    OptionalDouble least = OptionalDouble.empty();
    Optional<Path> json = Optional.empty();
    for (int i = 0; i < options.size(); i += 2) {
      String value = i + 1 < options.size() ? options.get(i + 1) : "";
      if (options.get(i).equals("--at-least") && value.matches("\\d+")) {
        least = OptionalDouble.of(Integer.parseInt(value) / 100.0);
      } else if (options.get(i).equals("--json") && !value.isEmpty()) {
        json = Optional.of(Path.of(value));
      } else {
        return Optional.empty();
      }
    }
    BandwidthCheck check = new BandwidthCheck(least, json);
    return Optional.of(out -> {
      try (CudaGpu gpu = FirstGpu.open()) {
        return check.run(gpu, out) ? PASSED : FAILED;
      }
    });
  }

  private static int launches(PrintStream out) throws IOException, InterruptedException {
    try (CudaGpu gpu = FirstGpu.open()) {
      Optional<LaunchComparison> comparison = LaunchComparison.measure(gpu);
      if (comparison.isEmpty()) {
        out.println("gpu-check: no launch_cost beside our jars that starts, and no compiler of C");
        return ABSENT;
      }
      out.println(comparison.get());
      return comparison.get().isGood() ? PASSED : FAILED;
    }
  }

  private static Optional<Command> sanitizer(List<String> options) {
    if (options.isEmpty() || !List.of("memcheck", "racecheck").contains(options.getFirst())) {
      return Optional.empty();
    }
    String tool = options.getFirst();
    List<String> rest = options.subList(1, options.size());
    if (rest.equals(List.of("--training"))) {
      return Optional.of(out -> sanitizedTraining(tool, out));
    }
    return rest.stream().anyMatch(part -> part.startsWith("-"))
        ? Optional.empty()
        : Optional.of(SanitizerCheck.ofCases(tool, rest)::run);
  }

  private static int sanitizedTraining(String tool, PrintStream out)
      throws IOException, InterruptedException {
    Path runs = Files.createTempDirectory("gpu-check");
    try {
      return SanitizerCheck.ofTraining(tool, runs).run(out);
    } finally {
      delete(runs);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static Optional<Command> all(List<String> options) {
    boolean good =
        options.size() >= 2
            && options.getFirst().equals("--out")
            && AllChecks.names().containsAll(options.subList(2, options.size()));
    return good
        ? Optional.of(
            new AllChecks(Path.of(options.get(1)), options.subList(2, options.size()))::run)
        : Optional.empty();
  }

  private static int test(PrintStream out, List<String> classes) {
    try (CudaGpu gpu = FirstGpu.open()) {
      out.println(gpu.describe());
    }
    return run(out, tests(classes));
  }

  private static LauncherDiscoveryRequest tests(List<String> classes) {
    String[] patterns =
        classes.stream().map(c -> ".*" + Pattern.quote(c) + ".*").toArray(String[]::new);
    var request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectPackage("io.auxgrad"))
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
