package io.auxgrad.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.auxgrad.bench.ops.OpCase;
import io.auxgrad.tensor.TensorScope;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Each benchmark does one tiny iteration in this process, so that none can rot. */
final class BenchmarksRunTest {
  /** Nothing is timed, so that another JMH may run at the same time. */
  @BeforeAll
  static void shareTheMachine() {
    System.setProperty("jmh.ignoreLock", "true");
  }

  @ParameterizedTest
  @ValueSource(classes = {AutogradBenchmark.class, DataBenchmark.class})
  void withoutParameters(Class<?> benchmark) throws RunnerException {
    run(tiny(benchmark));
  }

  @ParameterizedTest
  @ValueSource(classes = {StepBenchmark.class, InferenceBenchmark.class})
  void onASmallImage(Class<?> benchmark) throws RunnerException {
    run(tiny(benchmark).param("size", "2x32x32").param("precision", "FP32", "BF16"));
  }

  /** Those of whole processes take seconds: the help stands for them. */
  @Test
  void theHelpAsAProcess() throws RunnerException {
    run(
        new OptionsBuilder()
            .include("StartupBenchmark\\.help$")
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true));
  }

  @ParameterizedTest
  @EnumSource(OpCase.class)
  void everyOp(OpCase op) throws Exception {
    int before = TensorScope.liveTensors();
    OpBenchmark benchmark = new OpBenchmark();
    benchmark.engine = "auxgrad";
    benchmark.op = op;
    benchmark.open();
    benchmark.run();
    benchmark.close();
    assertEquals(before, TensorScope.liveTensors(), TensorScope::report);
  }

  /** A benchmark that no suite runs would be forgotten. */
  @Test
  void everySuitePlansBenchmarksThatJmhFinds() {
    for (Suite suite : Suite.values()) {
      for (boolean quick : new boolean[] {true, false}) {
        assertFalse(suite.plans(quick).isEmpty(), suite.label());
      }
    }
    assertEquals(
        List.of(
            AutogradBenchmark.class,
            DataBenchmark.class,
            FirstStepBenchmark.class,
            InferenceBenchmark.class,
            OpBenchmark.class,
            StartupBenchmark.class,
            StepBenchmark.class),
        Suite.ALL.plans(true).stream()
            .map(Suite.Plan::benchmark)
            .distinct()
            .sorted(java.util.Comparator.comparing(Class::getSimpleName))
            .toList());
  }

  private static ChainedOptionsBuilder tiny(Class<?> benchmark) {
    return new OptionsBuilder()
        .include("^" + benchmark.getName().replace(".", "\\.") + "\\.")
        .forks(0)
        .warmupIterations(0)
        .measurementIterations(1)
        .measurementTime(TimeValue.milliseconds(1))
        .verbosity(VerboseMode.SILENT)
        .shouldFailOnError(true);
  }

  private static void run(ChainedOptionsBuilder options) throws RunnerException {
    Collection<RunResult> results = new Runner(options.build()).run();
    assertFalse(results.isEmpty());
    for (RunResult result : results) {
      assertFalse(Double.isNaN(result.getPrimaryResult().getScore()), result.toString());
    }
  }
}
