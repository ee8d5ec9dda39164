package io.auxgrad.mtl.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.data.BatchContent;
import io.auxgrad.mtl.data.HostBatch;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.RandomState;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backend;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Steps of a {@link Learner}, by default on random images, without what else belongs to a training.
 */
final class LearnerRun implements AutoCloseable {
  private static final float[] CLASS_WEIGHTS = {1, 0.5f, 2, 1, 1};

  private final Learner learner;
  private final Supplier<BatchContent> images;
  private final Batch batch;
  private PendingLosses last;
  private long steps;

  /** What a learner has come to: all of its tensors, its random numbers, and the losses so far. */
  record Outcome(
      Map<String, byte[]> tensors, RandomState random, List<SequencedMap<String, Double>> losses) {
    void assertSame(Outcome other) {
      assertEquals(losses, other.losses);
      assertEquals(random, other.random);
      assertEquals(tensors.keySet(), other.tensors.keySet());
      tensors.forEach((name, bytes) -> assertArrayEquals(bytes, other.tensors.get(name), name));
    }
  }

  LearnerRun(Config config, Backend backend) {
    this(config, backend, TaskList.of(config.tasks(), CLASS_WEIGHTS), new RandomImages(config));
  }

  /** On {@code images}, which are asked for once more than there are steps. */
  LearnerRun(Config config, Backend backend, List<Task> tasks, Supplier<BatchContent> images) {
    this.images = images;
    learner =
        new Learner(
            config,
            new Context(backend, new Philox(config.seed(), 0)),
            tasks,
            Schedules.of(config.schedule(), 10, 10));
    batch = Batch.upload(backend.memory(), images.get());
  }

  /** The outcome of {@code steps} steps on random images. */
  static Outcome of(Config config, Backend backend, int steps) throws Diverged {
    try (LearnerRun run = new LearnerRun(config, backend)) {
      return run.outcome(steps);
    }
  }

  /** The outcome of {@code steps} steps, whose losses are read one step late. */
  Outcome outcome(int steps) throws Diverged {
    List<SequencedMap<String, Double>> losses = new ArrayList<>();
    step();
    for (int i = 1; i < steps; i++) {
      PendingLosses before = last;
      step();
      losses.add(before.await());
    }
    losses.add(last.await());
    return new Outcome(tensors(), learner.random(), losses);
  }

  Learner learner() {
    return learner;
  }

  Batch batch() {
    return batch;
  }

  /** Asks for a step on new images. */
  PendingLosses step() {
    batch.take(images.get());
    last = learner.step(batch, steps++);
    return last;
  }

  Map<String, byte[]> tensors() {
    Map<String, byte[]> bytes = new LinkedHashMap<>();
    learner.tensors().forEach((name, t) -> bytes.put(name, bytes(t)));
    return bytes;
  }

  private static byte[] bytes(Tensor t) {
    byte[] bytes = new byte[Math.toIntExact(t.byteSize())];
    t.getBytes(MemorySegment.ofArray(bytes));
    return bytes;
  }

  /** Other pixels and labels each time. */
  private static final class RandomImages implements Supplier<BatchContent> {
    private final Config config;
    private final Philox pixels = new Philox(20261126, 0);

    RandomImages(Config config) {
      this.config = config;
    }

    @Override
    public HostBatch get() {
      int n = config.train().batch();
      int height = config.data().size().height();
      int width = config.data().size().width();
      int count = n * height * width;
      int[] classes =
          IntStream.range(0, count)
              .map(_ -> pixels.nextInt(CLASS_WEIGHTS.length + 1) - 1)
              .toArray();
      return new HostBatch(
          IntStream.range(0, n).mapToObj(Integer::toString).toList(),
          height,
          width,
          floats(3 * count, -1, 1),
          classes,
          floats(count, 0.5f, 5),
          mask(count),
          floats(3 * count, -1, 1),
          mask(count));
    }

    private float[] floats(int count, float low, float high) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = pixels.uniform(low, high);
      }
      return values;
    }

    private byte[] mask(int count) {
      byte[] mask = new byte[count];
      for (int i = 0; i < count; i++) {
        mask[i] = (byte) (pixels.nextInt(4) == 0 ? 0 : 1);
      }
      return mask;
    }
  }

  @Override
  public void close() {
    batch.close();
    learner.close();
  }
}
