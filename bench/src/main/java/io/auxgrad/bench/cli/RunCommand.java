package io.auxgrad.bench.cli;

import io.auxgrad.bench.engine.EngineKind;
import io.auxgrad.bench.engine.Python;
import io.auxgrad.bench.report.EngineTable;
import io.auxgrad.bench.report.Report;
import io.auxgrad.bench.suite.JmhRun;
import io.auxgrad.bench.suite.Launcher;
import io.auxgrad.bench.suite.Suite;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs suites. */
@Command(
    name = "bench/run",
    description = {
      "Measures auxgrad and, where they are there, its peers: each engine in a process of its own.",
      "Prints a table with the peers' times as multiples of auxgrad's; writes JSON."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "")
final class RunCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "SUITE",
      arity = "0..*",
      description = "ops, autograd, step, inference, data, startup or all.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--quick",
      description = "Fewer and shorter, without torch.compile: all of it within ten minutes.")
  private boolean quick;

  @Option(
      names = "--engines",
      split = ",",
      paramLabel = "NAME",
      converter = EngineConverter.class,
      description = "auxgrad, eager, compile, libtorch, djl; default: all that a suite knows.")
  private List<EngineKind> engines = List.of(EngineKind.values());

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Where all figures go; default: bench/target/results/SUITES.json.")
  private Path json;

  @Option(
      names = "--python",
      paramLabel = "FILE",
      description = "A Python with torch and numpy; default: $AUXGRAD_PYTHON or python3.")
  private String python;

  @SuppressWarnings("unused") // the launcher reads it, to build; here it is for the help
  @Option(
      names = "--peers",
      description = "Also libtorch and DJL: fetches 250 MB of libraries at the first time.")
  private boolean peers;

  @Mixin private DeviceOption device;
  @Mixin private ThreadsOption threads;
  @Spec private CommandLine.Model.CommandSpec spec;
  private final PrintStream out;

  RunCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    List<Suite> suites = suites();
    requireThatTheyRunOn(device, suites);
    device.backend();
    if (python != null) {
      System.setProperty(Python.PROPERTY, python);
    }
    Report report = JmhRun.of(suites, settings());
    Path file = json != null ? json : defaultFile(suites);
    report.write(file);
    out.println(EngineTable.of(report));
    System.err.println("figures: " + file);
    return report.measurements().isEmpty() ? 1 : 0;
  }

  private JmhRun.Settings settings() {
    List<String> jvm = new ArrayList<>(Launcher.options());
    jvm.add("-Dauxgrad.threads=" + threads.count());
    for (String property : List.of(Python.PROPERTY, Python.SCRIPTS)) {
      if (System.getProperty(property) != null) {
        jvm.add("-D%s=%s".formatted(property, System.getProperty(property)));
      }
    }
    Set<EngineKind> wanted = EnumSet.copyOf(engines);
    return new JmhRun.Settings(quick, wanted, threads.count(), device.device(), jvm);
  }

  private Path defaultFile(List<Suite> suites) {
    String name = suites.stream().map(Suite::label).collect(Collectors.joining("-"));
    String file = name + (device.isCuda() ? "-cuda" : quick ? "-quick" : "") + ".json";
    return Path.of("bench", "target", "results", file);
  }

  private void requireThatTheyRunOn(DeviceOption device, List<Suite> suites) {
    for (Suite suite : suites) {
      if (device.isCuda() && !suite.runsOnGpu()) {
        throw wrong("--device cuda takes the suites step, inference and all, not " + suite.label());
      }
    }
  }

  private List<Suite> suites() {
    if (names.isEmpty()) {
      throw wrong("a suite is missing: " + labels());
    }
    return names.stream().map(this::suite).toList();
  }

  private Suite suite(String name) {
    return Arrays.stream(Suite.values())
        .filter(suite -> suite.label().equals(name))
        .findFirst()
        .orElseThrow(() -> wrong("there is no suite " + name + "; there is " + labels()));
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static String labels() {
    return Arrays.stream(Suite.values()).map(Suite::label).collect(Collectors.joining(", "));
  }

  /** Engines by their label. */
  static final class EngineConverter implements CommandLine.ITypeConverter<EngineKind> {
    @Override
    public EngineKind convert(String value) {
      try {
        return EngineKind.of(value);
      } catch (IllegalArgumentException e) {
        throw new CommandLine.TypeConversionException(e.getMessage());
      }
    }
  }
}
