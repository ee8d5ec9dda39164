package io.auxgrad.mtl.data;

import io.auxgrad.mtl.UserException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * The batches of one epoch, prepared by threads that run ahead of the consumer, from the second
 * batch on. At most one batch per thread and one more are ready or in work. Closed with its threads
 * by {@link #close}.
 */
public final class Loader implements BatchSource {
  private final Dataset dataset;
  private final ImageSize size;
  private final EpochPlan plan;
  private final int ahead;
  private final ExecutorService workers;
  private final ArrayDeque<Future<HostBatch>> pending = new ArrayDeque<>();
  private final int first;
  private int position;
  private int submitted;

  Loader(Dataset dataset, ImageSize size, EpochPlan plan, int firstBatch, int threads) {
    this.dataset = dataset;
    this.size = size;
    this.plan = plan;
    this.ahead = threads + 1;
    this.workers =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("loader-", 0).factory());
    first = firstBatch;
    position = firstBatch;
    submitted = firstBatch;
    submit(1);
  }

  /** As {@link BatchSource#training}, on the host. */
  public static Loader training(
      Dataset dataset,
      Augmentation augmentation,
      ImageSize size,
      int batch,
      long seed,
      int epoch,
      int firstBatch,
      int threads) {
    EpochPlan plan = EpochPlan.training(dataset, augmentation, batch, seed, epoch);
    return new Loader(dataset, size, plan, firstBatch, threads);
  }

  /** As {@link BatchSource#evaluation}, on the host. */
  public static Loader evaluation(Dataset dataset, ImageSize size, int batch, int threads) {
    return new Loader(dataset, size, EpochPlan.evaluation(dataset, batch), 0, threads);
  }

  @Override
  public int batches() {
    return plan.batches();
  }

  @Override
  public int position() {
    return position;
  }

  @Override
  public boolean hasNext() {
    return position < plan.batches();
  }

  /**
   * The next batch; waits until it is ready.
   *
   * @throws UserException if a sample of it cannot be read
   * @throws IllegalStateException if loading a sample failed otherwise; names the sample
   */
  @Override
  public HostBatch next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the epoch has " + plan.batches() + " batches");
    }
    // Who waits for the first batch is not kept waiting for the decoding of those behind it.
    if (position > first) {
      submit(1 + ahead);
    }
    HostBatch result = await(pending.removeFirst());
    position++;
    return result;
  }

  /** Stops the threads; batches in work are dropped. */
  @Override
  public void close() {
    pending.forEach(job -> job.cancel(true));
    workers.close();
  }

  // Decoding or rendering for the first time is done here, on the consumer's thread and all idle
  // processors: done ahead it would take a core from the consumer's team, whose every op waits for
  // the slowest of its threads.
  private void submit(int count) {
    while (submitted < Math.min(plan.batches(), position + count)) {
      int number = submitted++;
      dataset.prepare(plan.indices(number));
      pending.addLast(workers.submit(() -> load(number)));
    }
  }

  private HostBatch load(int number) {
    int[] indices = plan.indices(number);
    List<Sample> samples = new ArrayList<>(indices.length);
    for (int index : indices) {
      samples.add(read(dataset, index, dataset::load));
    }
    HostBatch result = HostBatch.allocate(samples, size);
    for (int n = 0; n < indices.length; n++) {
      plan.view(indices[n]).write(Resizer.resize(samples.get(n), size), result, n);
    }
    return result;
  }

  /** What {@code reader} gives for sample {@code index}; a failure names the sample. */
  static <T> T read(Dataset dataset, int index, IntFunction<T> reader) {
    try {
      return reader.apply(index);
    } catch (UserException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          "sample %s of %s cannot be loaded: %s".formatted(dataset.id(index), dataset.name(), e),
          e);
    }
  }

  private static HostBatch await(Future<HostBatch> job) {
    try {
      return job.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("loading a batch failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a batch", e);
    }
  }
}
