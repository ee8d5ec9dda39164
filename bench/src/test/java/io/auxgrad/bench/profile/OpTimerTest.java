package io.auxgrad.bench.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.Stopwatch;
import org.junit.jupiter.api.Test;

final class OpTimerTest {
  private int runs;

  /** A clock of a device on which a run takes 3 us behind 5 us of waiting for the first. */
  private final class Waiting implements Stopwatch {
    private int before;

    @Override
    public void start() {
      before = runs;
    }

    @Override
    public void stop() {}

    @Override
    public double[] seconds() {
      return new double[] {5e-6 + 3e-6 * (runs - before)};
    }

    @Override
    public void close() {}
  }

  @Test
  void whatAStretchWaitsForIsSharedByItsRuns() {
    try (OpTimer timer = new OpTimer(new Waiting(), 20)) {
      assertEquals(3.25e-6, timer.best(this::op, 2, 1), 1e-12);
      // One of them to find the kernel.
      assertEquals(41, runs);
    }
  }

  @Test
  void noStretchBeginsBehindTheSecondsThatAllMayTake() {
    try (OpTimer timer = new OpTimer(new Waiting(), 20)) {
      timer.best(this::op, 100, 1e-6);
      assertEquals(21, runs);
    }
  }

  @Test
  void onAProcessorEachRunIsAStretch() {
    try (OpTimer timer = new OpTimer(Backends.cpu())) {
      timer.best(this::op, 3, 1);
      assertEquals(4, runs);
    }
  }

  private void op() {
    Launch.run("a.b", () -> runs++);
  }
}
