package io.auxgrad.mtl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.kernels.FirstGpu;
import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.train.CapturedStepTest.Training;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.MemoryUsage;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Captured steps on the first GPU. */
@Tag("gpu")
final class GpuCapturedStepTest {
  private static final int STEPS = 10;
  private static final int ROOMS = 2 * (STEPS + 1);
  private static final int MANY_STEPS = 5000;
  private static final int IMAGES = 9;

  @BeforeAll
  static void needsAGpu() {
    FirstGpu.openOrSkip().close();
  }

  private static Backend gpu() {
    return Backends.of(Device.cuda(0));
  }

  @ParameterizedTest
  @EnumSource
  void givesTheBytesOfEagerSteps(Training training) throws Diverged {
    LearnerRun.of(training.config("never"), gpu(), STEPS)
        .assertSame(LearnerRun.of(training.config("always"), gpu(), STEPS));
  }

  /** What the graph gathers and augments is what the host makes. */
  @ParameterizedTest
  @EnumSource
  void gathersBatchesInTheGraph(Training training) throws Diverged {
    LearnerRun.Outcome host = rooms(training, "never", "host");
    host.assertSame(rooms(training, "never", "device"));
    host.assertSame(rooms(training, "always", "device"));
  }

  private static LearnerRun.Outcome rooms(Training training, String capture, String memory)
      throws Diverged {
    Config config = training.config(capture, "data.rooms.train=" + ROOMS, "data.memory=" + memory);
    return RoomsRun.outcome(config, gpu(), STEPS);
  }

  @Test
  void evaluatesToTheSameFigures() {
    assertEquals(
        CapturedStepTest.evaluate(gpu(), "never", IMAGES),
        CapturedStepTest.evaluate(gpu(), "always", IMAGES));
  }

  @Test
  void fiveThousandStepsTakeNoMemory() throws Diverged {
    try (LearnerRun run = new LearnerRun(Training.LIGHT_SGD.config("always"), gpu())) {
      for (int i = 0; i < STEPS; i++) {
        run.step().await();
      }
      MemoryUsage before = gpu().memory().usage();
      for (int i = 0; i < MANY_STEPS; i++) {
        run.step().await();
      }
      assertEquals(before, gpu().memory().usage());
    }
  }
}
