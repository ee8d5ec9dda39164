package io.auxgrad.bench.profile;

import io.auxgrad.bench.profile.Totals.Total;
import io.auxgrad.bench.report.Spread;
import io.auxgrad.bench.work.InferencePass;
import io.auxgrad.bench.work.TrainingStep;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.ops.Backend;
import java.util.List;

/**
 * The profile of a training step or of an inference pass.
 *
 * @param device what computed
 * @param roofline what it can do
 * @param steps that were profiled
 * @param plain milliseconds without a listener, of as many steps in between
 * @param profiled milliseconds of a step under the profiler
 * @param step milliseconds that the ops' times are compared with: on the processor those under the
 *     profiler, on a GPU, which does not notice it, the median of those without
 * @param bytes allocated in the Java heap per plain step, by the calling thread
 * @param ops by kind, over all profiled steps
 * @param layers of convolutions by pass and shapes, over all profiled steps
 */
public record StepProfile(
    Device device,
    Roofline roofline,
    int steps,
    Spread plain,
    double profiled,
    double step,
    long bytes,
    List<Total> ops,
    List<Total> layers) {
  /**
   * Of training. The ops of a replay are seen on the CPU; on a GPU, which has them as one graph,
   * those of a step that is called op by op.
   *
   * @param captures whether steps are recorded and replayed
   */
  public static StepProfile ofTraining(
      Workload workload,
      Backend backend,
      boolean captures,
      Roofline roofline,
      int warmup,
      int steps) {
    try (TrainingStep step = new TrainingStep(workload, backend, captures)) {
      for (int i = 0; i <= TrainingStep.EAGER_STEPS; i++) {
        step.run();
      }
      Runnable seen = Profiling.isHost(backend) ? step::run : step::runOpByOp;
      return Profiling.of(step::run, seen, backend, roofline, warmup, steps);
    }
  }

  /**
   * The same of inference.
   *
   * @param captures whether passes are replayed
   */
  public static StepProfile ofInference(
      Workload workload,
      Backend backend,
      boolean captures,
      Roofline roofline,
      int warmup,
      int steps) {
    try (InferencePass pass = new InferencePass(workload, backend)) {
      Runnable step = captures ? pass::run : pass::runOpByOp;
      Runnable seen = Profiling.isHost(backend) ? step : pass::runOpByOp;
      return Profiling.of(step, seen, backend, roofline, warmup, steps);
    }
  }

  /** Milliseconds in which an op runs, in a step. */
  public double insideOps() {
    return perStep(ops.stream().mapToDouble(Total::seconds).sum());
  }

  /** The share of the step in which none does: tape, layers, checks, memory, JVM. */
  public double outsideOps() {
    return 1 - insideOps() / step;
  }

  /** Milliseconds that the machine would need at best, if it did one op after the other. */
  public double floor() {
    return perStep(ops.stream().mapToDouble(Total::boundSeconds).sum());
  }

  /** Ops in a step. */
  public long opsPerStep() {
    return ops.stream().mapToLong(Total::calls).sum() / steps;
  }

  /** Milliseconds of a step, of seconds in all. */
  double perStep(double seconds) {
    return seconds * 1e3 / steps;
  }
}
