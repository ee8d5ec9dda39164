package io.auxgrad.bench.profile;

import io.auxgrad.autograd.Variable;
import io.auxgrad.bench.report.Figures;
import io.auxgrad.bench.report.MarkdownTable;
import io.auxgrad.bench.report.Spread;
import io.auxgrad.bench.work.RandomBatch;
import io.auxgrad.bench.work.TrainingStep;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.network.Outputs;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * The profile of a training step or of an inference pass.
 *
 * @param roofline what the machine can do
 * @param steps that were profiled
 * @param plain milliseconds without a listener, of as many steps in between
 * @param nanos of the profiled steps together
 * @param bytes allocated in the Java heap per plain step, by the calling thread
 * @param totals by op, over all profiled steps
 */
public record StepProfile(
    Roofline roofline,
    int steps,
    Spread plain,
    long nanos,
    long bytes,
    List<OpProfiler.Total> totals) {
  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Of training. */
  public static StepProfile ofTraining(
      Workload workload, Roofline roofline, int warmup, int steps) {
    try (TrainingStep step = new TrainingStep(workload)) {
      return of(step::run, roofline, warmup, steps);
    }
  }

  /** Of inference, not recorded: a recorded pass is beyond the gate that the profiler stands at. */
  public static StepProfile ofInference(
      Workload workload, Roofline roofline, int warmup, int steps) {
    try (Batch batch = RandomBatch.create(workload, Backends.cpu().memory());
        MultiTaskNetwork trained = workload.createNetwork(Backends.cpu());
        MultiTaskNetwork network = trained.deploy()) {
      return of(() -> predict(network, batch, workload), roofline, warmup, steps);
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

  private static StepProfile of(Runnable step, Roofline roofline, int warmup, int steps) {
    OpProfiler dropped = new OpProfiler(roofline);
    for (int i = 0; i < warmup; i++) {
      step.run();
      Launch.listen(dropped, step);
    }
    OpProfiler profiler = new OpProfiler(roofline);
    List<Double> plain = new ArrayList<>();
    long nanos = 0;
    long bytes = 0;
    for (int i = 0; i < steps; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      plain.add(time(step) / 1e6);
      bytes += THREADS.getCurrentThreadAllocatedBytes() - before;
      nanos += time(() -> Launch.listen(profiler, step));
    }
    return new StepProfile(
        roofline, steps, Spread.of(plain), nanos, bytes / steps, profiler.totals());
  }

  private static long time(Runnable step) {
    long start = System.nanoTime();
    step.run();
    return System.nanoTime() - start;
  }

  /** The share of the step in which no kernel runs: tape, layers, checks, memory, JVM. */
  public double outsideKernels() {
    return 1 - totals.stream().mapToLong(OpProfiler.Total::nanos).sum() / (double) nanos;
  }

  /** Ops in a step. */
  public long opsPerStep() {
    return totals.stream().mapToLong(OpProfiler.Total::calls).sum() / steps;
  }

  /** Roofline, table and sums. */
  public String text() {
    MarkdownTable table =
        new MarkdownTable("op", "calls", "ms", "share", "GFLOP/s", "GB/s", "of roofline");
    totals.forEach(t ->
        table.row(
            t.op(),
            Long.toString(t.calls() / steps),
            Figures.threeDigits(t.nanos() / 1e6 / steps),
            percent((double) t.nanos() / nanos),
            t.flops() == 0 ? "-" : Figures.threeDigits((double) t.flops() / t.nanos()),
            Figures.threeDigits((double) t.bytes() / t.nanos()),
            percent(t.ofRoofline())));
    table.row(
        "outside of kernels",
        "",
        Figures.threeDigits(outsideKernels() * nanos / 1e6 / steps),
        percent(outsideKernels()),
        "",
        "",
        "");
    return "%s%n%n%s%n%nstep: %s ms, under the profiler %s ms; %d ops; %d bytes of Java heap per op"
        .formatted(
            bounds(),
            table,
            Figures.threeDigits(plain.median()),
            Figures.threeDigits(nanos / 1e6 / steps),
            opsPerStep(),
            bytes / Math.max(1, opsPerStep()));
  }

  private String bounds() {
    StringBuilder text = new StringBuilder("roofline: ");
    text.append(Figures.threeDigits(roofline.gigaflops())).append(" GFLOP/s; copying ");
    roofline
        .bandwidth()
        .forEach((size, bytes) ->
            text.append(Figures.threeDigits(bytes))
                .append(" GB/s at ")
                .append(Figures.threeDigits(size / (double) (1 << 20)))
                .append(" MiB, "));
    return text.substring(0, text.length() - 2);
  }

  private static String percent(double share) {
    return "%.1f %%".formatted(100 * share);
  }
}
