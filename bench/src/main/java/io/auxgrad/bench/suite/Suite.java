package io.auxgrad.bench.suite;

import io.auxgrad.bench.engine.EngineKind;
import io.auxgrad.tensor.Device;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.runner.options.TimeValue;

/** What can be asked for on the command line: a set of benchmarks. */
public enum Suite {
  /** Single ops. */
  OPS {
    @Override
    List<Plan> plans(boolean quick) {
      return List.of(
          new Plan(OpBenchmark.class, quick ? Timing.of(1, 3, 400, 5, 200) : Timing.LONG)
              .on(EngineKind.AUXGRAD, EngineKind.EAGER)
              .with(quick ? Map.of("op", QUICK_OPS) : Map.of()));
    }
  },
  /** What recording costs. */
  AUTOGRAD {
    @Override
    List<Plan> plans(boolean quick) {
      Timing timing = quick ? Timing.of(1, 3, 500, 5, 300) : Timing.LONG;
      return List.of(new Plan(AutogradBenchmark.class, timing).countingBytes());
    }
  },
  /** Training steps. */
  STEP {
    @Override
    List<Plan> plans(boolean quick) {
      Timing timing = quick ? Timing.of(1, 4, 2000, 8, 500) : Timing.of(2, 5, 4000, 8, 3000);
      Plan plan =
          new Plan(StepBenchmark.class, timing)
              .on(EngineKind.AUXGRAD, EngineKind.EAGER, EngineKind.COMPILE, EngineKind.LIBTORCH)
              .countingBytes();
      Plan bfloat16 = plan.on(CASTING).with(BFLOAT16);
      Plan mobileNet = plan.with(network("mobilenetv2", "4x120x160"));
      if (quick) {
        return List.of(mobileNet.withoutCompile(), bfloat16.withoutCompile());
      }
      Plan large = plan.with(network("mobilenetv2", "8x240x320"));
      return List.of(
          mobileNet, bfloat16, large, plan.with(network("deeplabv3-resnet50", "2x120x160")));
    }

    @Override
    List<Plan> plansOnGpu() {
      Plan plan = new Plan(StepBenchmark.class, ON_GPU).on(CASTING).countingBytes();
      return List.of(
          plan.with(onGpu("deeplabv3-resnet50", "16x480x640")),
          plan.with(onGpu("mobilenetv2", "16x480x640", "4x240x320")));
    }
  },
  /** The deployed network. */
  INFERENCE {
    @Override
    List<Plan> plans(boolean quick) {
      Plan plan =
          new Plan(
                  InferenceBenchmark.class,
                  quick ? Timing.of(1, 3, 1000, 8, 300) : Timing.of(2, 5, 2000, 8, 1000))
              .on(EngineKind.values())
              .countingBytes();
      Plan small = plan.with(network("mobilenetv2", "4x120x160", "1x240x320"));
      return quick
          ? List.of(small.withoutCompile())
          : List.of(
              small,
              plan.on(CASTING).with(BFLOAT16),
              plan.with(network("deeplabv3-resnet50", "2x120x160")));
    }

    @Override
    List<Plan> plansOnGpu() {
      Plan plan = new Plan(InferenceBenchmark.class, ON_GPU).on(CASTING).countingBytes();
      return List.of(plan.with(onGpu("mobilenetv2", "1x480x640")));
    }
  },
  /** Renderer and loader. */
  DATA {
    @Override
    List<Plan> plans(boolean quick) {
      Timing timing = quick ? Timing.of(1, 3, 1000, 5, 500) : Timing.LONG;
      return List.of(new Plan(DataBenchmark.class, timing));
    }
  },
  /** Whole processes. */
  STARTUP {
    @Override
    List<Plan> plans(boolean quick) {
      Timing timing = Timing.of(1, 1, 1, quick ? 5 : 20, 1);
      return List.of(
          new Plan(StartupBenchmark.class, timing),
          new Plan(FirstStepBenchmark.class, timing).on(EngineKind.AUXGRAD, EngineKind.EAGER));
    }
  },
  /** Everything. */
  ALL {
    @Override
    List<Plan> plans(boolean quick) {
      return EnumSet.complementOf(EnumSet.of(ALL)).stream()
          .flatMap(suite -> suite.plans(quick).stream())
          .toList();
    }

    @Override
    List<Plan> plansOnGpu() {
      return EnumSet.complementOf(EnumSet.of(ALL)).stream()
          .flatMap(suite -> suite.plansOnGpu().stream())
          .toList();
    }
  };

  /** Those that compute in bfloat16; the others run a trace in float32. */
  private static final EngineKind[] CASTING = {
    EngineKind.AUXGRAD, EngineKind.EAGER, EngineKind.COMPILE
  };

  private static final Map<String, List<String>> BFLOAT16 =
      Map.of("precision", List.of("BF16"), "size", List.of("4x120x160"));

  private static final Timing ON_GPU = Timing.of(2, 4, 2000, 8, 2000);

  private static final List<String> QUICK_OPS =
      List.of(
          "DEPTHWISE",
          "HEAD",
          "SQUARE",
          "SQUARE_WEIGHT",
          "BATCH_NORM",
          "MAX_POOL_5",
          "RESIZE",
          "CROSS_ENTROPY");

  abstract List<Plan> plans(boolean quick);

  /** The sizes of a GPU, in bfloat16; none of what does not run there. */
  List<Plan> plansOnGpu() {
    return List.of();
  }

  private static Map<String, List<String>> onGpu(String network, String... sizes) {
    return Map.of(
        "device",
        List.of(Device.Kind.CUDA.name()),
        "precision",
        List.of("BF16"),
        "network",
        List.of(network),
        "size",
        List.of(sizes));
  }

  private static Map<String, List<String>> network(String network, String... sizes) {
    return Map.of("network", List.of(network), "size", List.of(sizes));
  }

  /** Whether something of it is measured on a GPU. */
  public boolean runsOnGpu() {
    return !plansOnGpu().isEmpty();
  }

  /** The name on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How long to look. Forks differ from each other more than the samples of one. */
  record Timing(int forks, int warmups, TimeValue warmup, int samples, TimeValue sample) {
    static final Timing LONG = of(2, 5, 1000, 10, 500);

    static Timing of(int forks, int warmups, long warmupMs, int samples, long sampleMs) {
      return new Timing(
          forks,
          warmups,
          TimeValue.milliseconds(warmupMs),
          samples,
          TimeValue.milliseconds(sampleMs));
    }
  }

  /**
   * A benchmark class and how to run it.
   *
   * @param engines none if the benchmark knows no engines
   * @param parameters JMH's by name; those not named take the defaults of the class
   * @param bytes whether to count the bytes that are allocated in the Java heap
   */
  record Plan(
      Class<?> benchmark,
      Timing timing,
      Set<EngineKind> engines,
      Map<String, List<String>> parameters,
      boolean bytes) {
    Plan(Class<?> benchmark, Timing timing) {
      this(benchmark, timing, Set.of(), Map.of(), false);
    }

    Plan on(EngineKind... kinds) {
      return new Plan(benchmark, timing, EnumSet.copyOf(List.of(kinds)), parameters, bytes);
    }

    /** It takes a minute or two before the first sample. */
    Plan withoutCompile() {
      Set<EngineKind> others = EnumSet.copyOf(engines);
      others.remove(EngineKind.COMPILE);
      return new Plan(benchmark, timing, others, parameters, bytes);
    }

    Plan with(Map<String, List<String>> values) {
      return new Plan(benchmark, timing, engines, values, bytes);
    }

    Plan countingBytes() {
      return new Plan(benchmark, timing, engines, parameters, true);
    }
  }
}
