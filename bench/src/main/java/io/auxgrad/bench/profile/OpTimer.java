package io.auxgrad.bench.profile;

import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Stopwatch;
import java.util.Arrays;

/** Times single ops by the clock of their device. */
final class OpTimer implements AutoCloseable {
  private final Stopwatch watch;

  OpTimer(Backend backend) {
    watch = backend.stopwatch();
  }

  /**
   * Seconds of the fastest run of the op in {@code call}, without checks and allocation.
   *
   * @param most how many runs at most
   * @param together seconds of all runs after which no other one begins
   */
  double best(Runnable call, int most, double together) {
    Runnable kernel = kernelOf(call);
    double best = Double.POSITIVE_INFINITY;
    double sum = 0;
    for (int i = 0; i < most && sum < together; i++) {
      watch.start();
      kernel.run();
      watch.stop();
      double seconds = watch.seconds()[0];
      best = Math.min(best, seconds);
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
