package io.auxgrad.mtl.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.auxgrad.kernels.ChildJvm;
import io.auxgrad.kernels.cuda.driver.FakeGpu;
import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.StandInGpu;
import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.data.Splits;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Parameter;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.MemoryUsage;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Readout;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A step that is recorded once and replayed does what the ops do when they are called. */
@ExtendWith(NoLeaks.class)
final class CapturedStepTest {
  private static final int STEPS = 10;
  private static final int FEW_STEPS = 4;
  private static final int MANY_STEPS = 1000;
  private static final int ROUNDS = 2;
  private static final int STEPS_OF_A_ROUND = 2;

  /** Less than what one object for each op of each replay would come to. */
  private static final long KEPT_BYTES = 1 << 20;

  /** Less than half of 1 kB for each of its launches. */
  private static final long GARBAGE_BYTES = 256 << 10;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Trainings that have all in them that a step may have. */
  enum Training {
    LIGHT_SGD("optimizer.method=sgd", "optimizer.clip=0.5", "weighting.method=uncertainty"),
    LIGHT_ADAM_BF16(
        "optimizer.method=adam",
        "train.ema=0.9",
        "precision=bf16",
        "weighting.method=bounded",
        "schedule.method=poly"),
    DEEPLAB_ADAMW(
        with(Trainings.DEEPLAB, "optimizer.method=adamw", "optimizer.clip=0.1", "train.ema=0.99")),
    DEEPLAB_SGD_BF16(with(Trainings.DEEPLAB, "optimizer.method=sgd", "precision=bf16"));

    private final String sets;

    Training(String... sets) {
      this.sets = String.join(" ", sets);
    }

    Config config(String capture, String... more) {
      return Trainings.config(with(with(sets.split(" "), "train.capture=" + capture), more));
    }
  }

  @ParameterizedTest
  @EnumSource
  void givesTheBytesOfEagerStepsOnTheCpu(Training training) throws Diverged {
    assertSame(training, Backends.cpu(), STEPS);
  }

  @ParameterizedTest
  @EnumSource(names = {"LIGHT_SGD", "DEEPLAB_ADAMW"})
  void givesTheBytesOfEagerStepsWithTheKernelsOfTheGpu(Training training) throws Diverged {
    assumeTrue(StandInGpu.available(), "needs g++");
    assertSame(training, StandInGpu.inOrder(), FEW_STEPS);
  }

  /** The graphs of the driver, and what it is asked while they are replayed. */
  @Test
  @Tag("slow")
  void givesTheBytesOfEagerStepsAsAGraphOfAPretendedDriver()
      throws IOException, InterruptedException {
    assumeTrue(FakeGpu.available(), "needs g++, and no driver of NVIDIA's");
    Process process =
        new ProcessBuilder(ChildJvm.command(FakeDriverTraining.class, List.of()))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }

  private static void assertSame(Training training, Backend backend, int steps) throws Diverged {
    LearnerRun.Outcome eager = LearnerRun.of(training.config("never"), backend, steps);
    LearnerRun.Outcome captured = LearnerRun.of(training.config("always"), backend, steps);
    eager.assertSame(captured);
  }

  @ParameterizedTest
  @ValueSource(strings = {"never", "always"})
  void aLossThatIsNotFiniteChangesNoWeightInThisStepNorInLaterOnes(String capture) throws Diverged {
    assertDiverges(
        capture,
        run -> run.batch().depth().set(filled(run.batch().depth(), Float.POSITIVE_INFINITY)),
        "loss of depth is Infinity");
  }

  @Test
  void aGradientThatIsNotFiniteIsNamed() {
    try (LearnerRun run = new LearnerRun(Training.LIGHT_SGD.config("never"), Backends.cpu())) {
      List<Parameter> all = List.copyOf(run.learner().network().parameters().values());
      MemorySegment report = MemorySegment.ofArray(new float[] {0.5f, 0.7f, 1, 3, 1});
      var losses = new PendingLosses(List.of("depth", "total"), all, Readout.of(report));
      Diverged e = assertThrows(Diverged.class, losses::await);
      assertEquals("gradient of " + all.get(3).name() + " is not finite", e.getMessage());
    }
  }

  private interface Spoiler {
    void spoil(LearnerRun run);
  }

  private static void assertDiverges(String capture, Spoiler spoiler, String why) throws Diverged {
    Config config =
        Trainings.config("train.capture=" + capture, "train.ema=0.9", "tasks.depth.loss=l2");
    try (LearnerRun run = new LearnerRun(config, Backends.cpu())) {
      for (int i = 0; i < FEW_STEPS; i++) {
        run.step().await();
      }
      Map<String, byte[]> before = run.tensors();
      spoiler.spoil(run);
      PendingLosses spoilt = run.learner().step(run.batch(), FEW_STEPS);
      run.step();
      run.step();
      Diverged e = assertThrows(Diverged.class, spoilt::await);
      assertTrue(e.getMessage().contains(why), e.getMessage());
      Map<String, byte[]> after = run.tensors();
      before.forEach((name, bytes) -> {
        // Batch statistics are no weights, and move while the network is asked.
        if (!name.startsWith("optimizer.steps") && !name.contains(".running_")) {
          assertArrayEquals(bytes, after.get(name), name);
        }
      });
    }
  }

  private static float[] filled(Tensor like, float value) {
    float[] values = new float[(int) like.size()];
    Arrays.fill(values, value);
    return values;
  }

  /** Neither of the device nor of Java. */
  @Test
  void aThousandReplaysTakeNoMemory() throws Diverged {
    Backend cpu = Backends.cpu();
    try (LearnerRun run = new LearnerRun(Training.LIGHT_SGD.config("always"), cpu)) {
      repeat(run, 0, FEW_STEPS);
      MemoryUsage before = cpu.memory().usage();
      long heap = heapInUse();
      repeat(run, FEW_STEPS, MANY_STEPS);
      assertEquals(before, cpu.memory().usage());
      long grown = heapInUse() - heap;
      assertTrue(grown < KEPT_BYTES, grown + " bytes more in the Java heap");
    }
  }

  // The CPU's kernels leave what the JVM does not compile away; the GPU's are not in Java.
  @Test
  void aReplayLeavesNoGarbageButWhatDescribesItsLaunches() throws Diverged {
    assumeTrue(StandInGpu.available(), "needs g++");
    Config config = Training.LIGHT_SGD.config("always");
    try (LearnerRun run = new LearnerRun(config, StandInGpu.inOrder())) {
      repeat(run, 0, FEW_STEPS);
      long least = Long.MAX_VALUE;
      for (int i = 0; i < ROUNDS; i++) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        repeat(run, FEW_STEPS + i * STEPS_OF_A_ROUND, STEPS_OF_A_ROUND);
        long garbage = THREADS.getCurrentThreadAllocatedBytes() - before;
        least = Math.min(least, garbage / STEPS_OF_A_ROUND);
      }
      assertTrue(least < GARBAGE_BYTES, least + " bytes of garbage in a step");
    }
  }

  private static void repeat(LearnerRun run, int first, int steps) throws Diverged {
    for (int i = 0; i < steps; i++) {
      run.learner().step(run.batch(), first + i).await();
    }
  }

  private static long heapInUse() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Two batches that are called, one that is recorded, one that is replayed, and a smaller one. */
  @Test
  void evaluatesToTheSameFigures() {
    Backend cpu = Backends.cpu();
    assertEquals(evaluate(cpu, "never", 9), evaluate(cpu, "always", 9));
  }

  @Test
  void evaluatesToTheSameFiguresWithTheKernelsOfTheGpu() {
    assumeTrue(StandInGpu.available(), "needs g++");
    Backend gpu = StandInGpu.inOrder();
    assertEquals(evaluate(gpu, "never", 9), evaluate(gpu, "always", 9));
  }

  /** Parameters, where the first batch folds batch norms into convolutions, and sums at the end. */
  @Test
  void anEvaluationReadsAsOftenHoweverManyBatchesThereAre() {
    assertEquals(readsOfAnEvaluation(2), readsOfAnEvaluation(9));
  }

  private static int readsOfAnEvaluation(int images) {
    AtomicInteger reads = new AtomicInteger();
    Launch.listen(
        (op, kernel, _) -> {
          reads.addAndGet(op.equals("tensor.read") ? 1 : 0);
          kernel.run();
        },
        () -> evaluate(Backends.cpu(), "never", images));
    return reads.get();
  }

  /** The figures of a new network on so many images, in batches of two. */
  static SequencedMap<String, Double> evaluate(Backend backend, String capture, int images) {
    return evaluate(
        backend, Trainings.config("data.rooms.validation=" + images, "train.capture=" + capture));
  }

  static SequencedMap<String, Double> evaluate(Backend backend, Config config) {
    Splits splits = DataSource.open(config.data());
    List<Task> tasks = TaskList.of(config.tasks(), splits.classes().size());
    Context context = new Context(backend, new Philox(1, 0));
    try (var network = new MultiTaskNetwork(context, config.network(tasks))) {
      network.precision(config.precision());
      return Evaluators.of(config, tasks, backend).evaluate(network, splits.validation());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "always", "never"})
  void stepsAreRecordedUnlessTheyShallNot(String capture) throws Diverged {
    try (LearnerRun run = new LearnerRun(Training.LIGHT_SGD.config(capture), Backends.cpu())) {
      for (int i = 0; i < FEW_STEPS; i++) {
        run.step().await();
      }
      assertEquals(!capture.equals("never"), run.learner().isRecorded());
    }
  }

  /** A recording listens to the ops, which only one can. */
  @Test
  void evaluationsOnTheCpuAreRecordedWhenAskedFor() {
    Launch.Listener listener = (_, kernel, _) -> kernel.run();
    Launch.listen(listener, () -> evaluate(Backends.cpu(), "auto", 9));
    assertThrows(
        UserException.class,
        () -> Launch.listen(listener, () -> evaluate(Backends.cpu(), "always", 9)));
  }

  /** What reads a value on the way is told, with what can be done. */
  @Test
  void saysWhatPreventsARecording() {
    try (Tensor x = Tensor.zeros(Backends.cpu().memory(), DType.FLOAT32, Shape.of(1));
        Repeated repeated = new Repeated(Backends.cpu(), true)) {
      repeated.run(x, x::item);
      repeated.run(x, x::item);
      UserException e = assertThrows(UserException.class, () -> repeated.run(x, x::item));
      assertEquals(
          "the computation cannot be captured: tensor.read cannot be recorded, for the host waits"
              + " for it: leave it out of the recording; set train.capture=never",
          e.getMessage());
    }
  }

  @Test
  void aRecordedStepWantsTheBatchThatItWasRecordedOn() throws Diverged {
    try (LearnerRun run = new LearnerRun(Training.LIGHT_SGD.config("always"), Backends.cpu());
        LearnerRun other = new LearnerRun(Training.LIGHT_SGD.config("always"), Backends.cpu())) {
      for (int i = 0; i < FEW_STEPS; i++) {
        run.step().await();
      }
      Batch stranger = other.batch();
      assertThrows(IllegalArgumentException.class, () -> run.learner().step(stranger, FEW_STEPS));
    }
  }

  static String[] with(String[] sets, String... more) {
    return Stream.of(sets, more).flatMap(Stream::of).toArray(String[]::new);
  }
}
