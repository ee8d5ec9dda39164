package io.auxgrad.bench.profile;

import io.auxgrad.autograd.Variable;
import io.auxgrad.bench.profile.Totals.Total;
import io.auxgrad.bench.report.Spread;
import io.auxgrad.bench.work.RandomBatch;
import io.auxgrad.bench.work.TrainingStep;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.network.Outputs;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
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

  /** Of inference, called op by op: of a recorded pass the profiler would see nothing on a GPU. */
  public static StepProfile ofInference(
      Workload workload, Backend backend, Roofline roofline, int warmup, int steps) {
    try (Batch batch = RandomBatch.create(workload, backend.memory());
        MultiTaskNetwork trained = workload.createNetwork(backend);
        MultiTaskNetwork network = trained.deploy()) {
      Runnable predict = () -> predict(network, batch, workload);
      return Profiling.of(predict, predict, backend, roofline, warmup, steps);
    }
  }

  private static void predict(MultiTaskNetwork network, Batch batch, Workload workload) {
    try (var _ = TensorScope.open()) {
      Outputs outputs = network.forward(Variable.constant(batch.images()));
      for (Task task : workload.taskList()) {
        Tensor output = outputs.main().get(task.name()).value();
        task.predict(output, workload.height(), workload.width());
      }
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
