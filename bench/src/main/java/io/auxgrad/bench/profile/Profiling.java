package io.auxgrad.bench.profile;

import io.auxgrad.bench.report.Spread;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Stopwatch;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;

/** Runs steps with and without the profiler in turn. */
final class Profiling {
  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Runnable step;
  private final Runnable opByOp;
  private final Stopwatch watch;
  private final DoubleConsumer headStart;
  private final List<Double> plain = new ArrayList<>();
  private double profiledSeconds;
  private long bytes;

  private Profiling(Runnable step, Runnable opByOp, Stopwatch watch, DoubleConsumer headStart) {
    this.step = step;
    this.opByOp = opByOp;
    this.watch = watch;
    this.headStart = headStart;
  }

  /** Of {@code step}, which is done {@code opByOp} under the profiler. */
  static StepProfile of(
      Runnable step, Runnable opByOp, Backend backend, Roofline roofline, int warmup, int steps) {
    if (isHost(backend)) {
      try (Stopwatch watch = backend.stopwatch()) {
        return new Profiling(step, opByOp, watch, _ -> {}).run(backend, roofline, warmup, steps);
      }
    }
    try (Stopwatch watch = backend.stopwatch();
        HeadStart headStart = new HeadStart(backend, roofline)) {
      return new Profiling(step, opByOp, watch, headStart::give)
          .run(backend, roofline, warmup, steps);
    }
  }

  static boolean isHost(Backend backend) {
    return backend.memory().device().kind() == Device.Kind.CPU;
  }

  private StepProfile run(Backend backend, Roofline roofline, int warmup, int steps) {
    OpProfiler dropped = new OpProfiler(roofline, watch, 0);
    double ahead = 0;
    for (int i = 0; i < warmup; i++) {
      plainly(step);
      ahead = plainly(opByOp);
      profiled(dropped, ahead);
    }
    headStart.accept(ahead);
    OpProfiler profiler = new OpProfiler(roofline, watch, OpTimer.ofNothing(watch));
    for (int i = 0; i < steps; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      double seconds = plainly(step);
      bytes += THREADS.getCurrentThreadAllocatedBytes() - before;
      plain.add(seconds * 1e3);
      profiledSeconds += profiled(profiler, ahead);
    }
    Spread spread = Spread.of(plain);
    double milliseconds = profiledSeconds * 1e3 / steps;
    return new StepProfile(
        backend.memory().device(),
        roofline,
        steps,
        spread,
        milliseconds,
        isHost(backend) ? milliseconds : spread.median(),
        bytes / steps,
        profiler.ops(),
        profiler.layers());
  }

  /** Seconds until the device has done {@code work}. */
  private double plainly(Runnable work) {
    long start = System.nanoTime();
    watch.start();
    work.run();
    watch.stop();
    watch.seconds();
    return (System.nanoTime() - start) * 1e-9;
  }

  /** Seconds of a step under the profiler, behind a head start of {@code ahead} seconds. */
  private double profiled(OpProfiler profiler, double ahead) {
    headStart.accept(ahead);
    long start = System.nanoTime();
    Launch.listen(profiler, opByOp);
    double seconds = (System.nanoTime() - start) * 1e-9;
    profiler.collect();
    return seconds;
  }
}
