package io.auxgrad.bench.suite;

import io.auxgrad.bench.engine.EngineKind;
import io.auxgrad.bench.report.Machine;
import io.auxgrad.bench.report.Measurement;
import io.auxgrad.bench.report.Report;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.ops.Backends;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs suites with JMH, each engine and each set of parameters in processes of its own. */
public final class JmhRun {
  private static final String ENGINE = "engine";
  private static final String BYTES = "gc.alloc.rate.norm";

  private final Settings settings;
  private final List<Measurement> measurements = new ArrayList<>();
  private final List<Report.Missing> missing = new ArrayList<>();

  /**
   * How to run.
   *
   * @param quick shorter, fewer works
   * @param engines that are wanted, as far as a benchmark knows them
   * @param threads for each engine
   * @param device that the engines compute on
   * @param jvmArguments of the processes that measure
   */
  public record Settings(
      boolean quick,
      Set<EngineKind> engines,
      int threads,
      Device device,
      List<String> jvmArguments) {}

  private JmhRun(Settings settings) {
    this.settings = settings;
  }

  /** Runs {@code suites} in turn; JMH's progress goes to standard error. */
  public static Report of(List<Suite> suites, Settings settings) {
    Machine machine = Machine.here(settings.threads(), Backends.of(settings.device()));
    JmhRun run = new JmhRun(settings);
    Set<EngineKind> present = run.present();
    for (Suite suite : suites) {
      run.plans(suite).forEach(plan -> run.measure(plan, present));
    }
    return new Report(machine, run.measurements, run.missing);
  }

  private List<Suite.Plan> plans(Suite suite) {
    return settings.device().kind() == Device.Kind.CPU
        ? suite.plans(settings.quick())
        : suite.plansOnGpu();
  }

  private Set<EngineKind> present() {
    return settings.engines().stream()
        .filter(kind -> {
          Optional<String> reason = kind.missing(settings.device());
          reason.ifPresent(text -> missing.add(new Report.Missing(kind.label(), text)));
          return reason.isEmpty();
        })
        .collect(Collectors.toSet());
  }

  private void measure(Suite.Plan plan, Set<EngineKind> present) {
    if (plan.engines().isEmpty()) {
      run(options(plan));
      return;
    }
    String[] engines =
        plan.engines().stream()
            .filter(present::contains)
            .map(EngineKind::label)
            .toArray(String[]::new);
    if (engines.length > 0) {
      run(options(plan).param(ENGINE, engines));
    }
  }

  private ChainedOptionsBuilder options(Suite.Plan plan) {
    Suite.Timing timing = plan.timing();
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + plan.benchmark().getName().replace(".", "\\.") + "\\.")
            .forks(timing.forks())
            .warmupIterations(timing.warmups())
            .warmupTime(timing.warmup())
            .measurementIterations(timing.samples())
            .measurementTime(timing.sample())
            .shouldFailOnError(false)
            .jvmArgsAppend(settings.jvmArguments().toArray(String[]::new));
    plan.parameters().forEach((name, values) -> options.param(name, values.toArray(String[]::new)));
    return plan.bytes() ? options.addProfiler(GCProfiler.class) : options;
  }

  private void run(ChainedOptionsBuilder options) {
    try {
      var format = OutputFormatFactory.createFormatInstance(System.err, VerboseMode.NORMAL);
      collect(new Runner(options.build(), format).run());
    } catch (RunnerException e) {
      throw new IllegalStateException("JMH could not run: " + e.getMessage(), e);
    }
  }

  private void collect(Collection<RunResult> results) {
    for (RunResult result : results) {
      Measurement measurement = measurement(result);
      if (measurement.samples().isEmpty()) {
        missing.add(
            new Report.Missing(
                measurement.engine() + ", " + measurement.work(), "failed; JMH's output says why"));
      } else {
        measurements.add(measurement);
      }
    }
  }

  private static Measurement measurement(RunResult result) {
    BenchmarkParams params = result.getParams();
    Map<String, String> parameters = new LinkedHashMap<>();
    params.getParamsKeys().stream()
        .filter(key -> !key.equals(ENGINE))
        .forEach(key -> parameters.put(key, params.getParam(key)));
    String engine = params.getParamsKeys().contains(ENGINE) ? params.getParam(ENGINE) : "auxgrad";
    List<Double> samples =
        result.getBenchmarkResults().stream()
            .flatMap(fork -> fork.getIterationResults().stream())
            .map(iteration -> iteration.getPrimaryResult().getScore())
            .toList();
    return new Measurement(
        shortName(params.getBenchmark()),
        parameters,
        engine,
        result.getPrimaryResult().getScoreUnit(),
        samples,
        bytes(result));
  }

  private static Double bytes(RunResult result) {
    Result<?> bytes = result.getSecondaryResults().get(BYTES);
    return bytes == null ? null : bytes.getScore();
  }

  private static String shortName(String benchmark) {
    return benchmark.replaceFirst(".*\\.(\\w+)Benchmark\\.", "$1.").replaceFirst("\\.run$", "");
  }
}
