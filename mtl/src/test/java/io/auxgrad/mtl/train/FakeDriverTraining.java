package io.auxgrad.mtl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.driver.FakeGpu;
import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.train.CapturedStepTest.Training;
import io.auxgrad.tensor.MemoryUsage;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Trains on a driver that is pretended, in a process of its own: one that has loaded it has no
 * other.
 */
final class FakeDriverTraining {
  private static final int STEPS = 4;
  private static final int REPLAYS = 3;
  private static final int FEW_IMAGES = 9;
  private static final int MORE_IMAGES = 13;

  /** What the driver is asked in each step, and nothing else of the sort. */
  private static final Map<String, Integer> OF_A_STEP =
      Map.of(
          "cuGraphLaunch", 1,
          "cuLaunchKernel", 0,
          "cuStreamSynchronize", 0,
          "cuMemAllocFromPoolAsync", 0,
          "cuMemFreeAsync", 0,
          "cuMemHostAlloc", 0,
          "cuMemcpyDtoHAsync_v2", 1);

  private FakeDriverTraining() {}

  /** Fails with an exception. */
  public static void main(String[] arguments) throws Diverged {
    Backend backend = new CudaBackend(FakeGpu.open());
    Backends.use(backend);
    Training training = Training.DEEPLAB_ADAMW;
    LearnerRun.of(training.config("never"), backend, STEPS)
        .assertSame(LearnerRun.of(training.config("auto"), backend, STEPS));
    try (LearnerRun run = new LearnerRun(Training.LIGHT_SGD.config("auto"), backend)) {
      countCalls(run, backend);
    }
    gatherInTheGraph(backend);
    assertEquals(
        CapturedStepTest.evaluate(backend, "never", FEW_IMAGES),
        CapturedStepTest.evaluate(backend, "auto", FEW_IMAGES));
    assertEquals(
        readsOfAnEvaluation(backend, FEW_IMAGES), readsOfAnEvaluation(backend, MORE_IMAGES));
  }

  private static long readsOfAnEvaluation(Backend backend, int images) {
    long before = reads();
    CapturedStepTest.evaluate(backend, "auto", images);
    return reads() - before;
  }

  private static long reads() {
    return FakeGpu.calls("cuMemcpyDtoHAsync_v2");
  }

  /** Batches of samples that lie on the device are made by the graph. */
  private static void gatherInTheGraph(Backend backend) throws Diverged {
    Config config = rooms("auto");
    RoomsRun.outcome(rooms("never"), backend, STEPS)
        .assertSame(RoomsRun.outcome(config, backend, STEPS));
    try (RoomsRun rooms = new RoomsRun(config, backend)) {
      countCalls(rooms.run(), backend);
    }
  }

  private static Config rooms(String capture) {
    return Trainings.config(
        "data.rooms.train=16", "data.memory=device", "train.capture=" + capture);
  }

  private static void countCalls(LearnerRun run, Backend backend) throws Diverged {
    for (int i = 0; i < STEPS; i++) {
      run.step().await();
    }
    MemoryUsage memory = backend.memory().usage();
    Map<String, Long> before = new LinkedHashMap<>();
    OF_A_STEP.keySet().forEach(call -> before.put(call, FakeGpu.calls(call)));
    for (int i = 0; i < REPLAYS; i++) {
      run.step().await();
    }
    OF_A_STEP.forEach(
        (call, each) -> assertEquals(before.get(call) + REPLAYS * each, FakeGpu.calls(call), call));
    assertEquals(memory, backend.memory().usage());
  }
}
