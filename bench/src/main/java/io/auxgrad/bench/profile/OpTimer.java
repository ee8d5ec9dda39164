package io.auxgrad.bench.profile;

import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Stopwatch;
import java.util.Arrays;

/** Times single ops by the clock of their device. */
final class OpTimer implements AutoCloseable {
  /**
   * So many runs are one stretch on a GPU: around a single one it would be the host's time to ask
   * for it that is found.
   */
  private static final int BACK_TO_BACK = 20;

  private final Stopwatch watch;
  private final int runs;

  OpTimer(Backend backend) {
    this(backend.stopwatch(), Profiling.isHost(backend) ? 1 : BACK_TO_BACK);
  }

  /**
   * By {@code watch}, which is closed with this.
   *
   * @param runs of an op in a stretch
   */
  OpTimer(Stopwatch watch, int runs) {
    this.watch = watch;
    this.runs = runs;
  }

  /**
   * Seconds of a run of the op in {@code call}, of the fastest stretch, without checks and
   * allocation.
   *
   * @param most how many stretches at most
   * @param together seconds of all stretches after which no other one begins
   */
  double best(Runnable call, int most, double together) {
    Runnable kernel = kernelOf(call);
    double best = Double.POSITIVE_INFINITY;
    double sum = 0;
    for (int i = 0; i < most && sum < together; i++) {
      watch.start();
      for (int run = 0; run < runs; run++) {
        kernel.run();
      }
      watch.stop();
      double seconds = watch.seconds()[0];
      best = Math.min(best, seconds / runs);
      sum += seconds;
    }
    return best;
  }

  /** What the op in {@code call} computes, which has run once and may run again. */
  static Runnable kernelOf(Runnable call) {
    Runnable[] seen = new Runnable[1];
    Launch.listen(
        (_, kernel, _) -> {
          kernel.run();
          seen[0] = kernel;
        },
        call);
    return seen[0];
  }

  /** Seconds that the clock finds in a stretch of nothing, amid other work: the median of many. */
  static double ofNothing(Stopwatch watch) {
    int times = 101;
    for (int i = 0; i < times; i++) {
      watch.start();
      watch.stop();
    }
    double[] seconds = watch.seconds();
    Arrays.sort(seconds);
    return seconds[times / 2];
  }

  @Override
  public void close() {
    watch.close();
  }
}
