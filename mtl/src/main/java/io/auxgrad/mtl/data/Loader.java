package io.auxgrad.mtl.data;

import io.auxgrad.mtl.UserException;
import io.auxgrad.tensor.Philox;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The batches of one epoch, prepared by threads that run ahead of the consumer.
 *
 * <p>Order and content depend on the arguments alone, not on the threads: a loader that starts at
 * batch b continues as one that started at 0 goes on after b batches. At most one batch per thread
 * and one more are ready or in work. Used by one thread; closed with its threads by {@link #close}.
 */
public final class Loader implements Iterator<HostBatch>, AutoCloseable {
  private static final long DOMAIN = 0x73687566666c6531L;

  /** The view of sample {@code index}. */
  private interface Views {
    View of(int index);
  }

  private final Dataset dataset;
  private final ImageSize size;
  private final int[] order;
  private final int batch;
  private final int batches;
  private final Views views;
  private final int ahead;
  private final ExecutorService workers;
  private final ArrayDeque<Future<HostBatch>> pending = new ArrayDeque<>();
  private int position;
  private int submitted;

  private Loader(
      Dataset dataset,
      ImageSize size,
      int[] order,
      int batch,
      int batches,
      Views views,
      int threads) {
    this.dataset = dataset;
    this.size = size;
    this.order = order;
    this.batch = batch;
    this.batches = batches;
    this.views = views;
    this.ahead = threads + 1;
    this.workers =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("loader-", 0).factory());
  }

  /**
   * One epoch of training: all samples in a new random order, each in a random view. The samples
   * that are left after the last full batch are dropped; the next epoch has another order.
   *
   * @param size height and width of the batches; samples of another size are resized first
   * @param batch images per batch
   * @param epoch number of the epoch, from 0
   * @param firstBatch first batch to deliver, from 0: where a resumed run goes on
   * @param threads loader threads, at least 1
   * @throws UserException if the data set has fewer samples than a batch
   */
  public static Loader training(
      Dataset dataset,
      Augmentation augmentation,
      ImageSize size,
      int batch,
      long seed,
      int epoch,
      int firstBatch,
      int threads) {
    if (dataset.size() < batch) {
      throw new UserException(
          "%s has %d samples, fewer than a batch of %d: set train.batch to at most %d"
              .formatted(dataset.name(), dataset.size(), batch, dataset.size()));
    }
    int[] order = identity(dataset.size());
    new Philox(seed ^ DOMAIN, epoch).shuffle(order);
    Views views = index -> augmentation.draw(seed, epoch, index);
    return new Loader(dataset, size, order, batch, dataset.size() / batch, views, threads)
        .startAt(firstBatch);
  }

  /** The whole data set in its order, unchanged but for the size; the last batch may be smaller. */
  public static Loader evaluation(Dataset dataset, ImageSize size, int batch, int threads) {
    int batches = Math.ceilDiv(dataset.size(), batch);
    return new Loader(
            dataset, size, identity(dataset.size()), batch, batches, index -> View.WHOLE, threads)
        .startAt(0);
  }

  /** Number of batches in the epoch, the skipped ones included. */
  public int batches() {
    return batches;
  }

  /** Number of the batch that {@link #next} delivers. */
  public int position() {
    return position;
  }

  @Override
  public boolean hasNext() {
    return position < batches;
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
      throw new NoSuchElementException("the epoch has " + batches + " batches");
    }
    HostBatch result = await(pending.removeFirst());
    position++;
    submit();
    return result;
  }

  /** Stops the threads; batches in work are dropped. */
  @Override
  public void close() {
    pending.forEach(job -> job.cancel(true));
    workers.close();
  }

  private Loader startAt(int firstBatch) {
    position = firstBatch;
    submitted = firstBatch;
    submit();
    return this;
  }

  // Decoding or rendering for the first time is done here, on the consumer's thread and all idle
  // processors: done ahead it would take a core from the consumer's team, whose every op waits for
  // the slowest of its threads.
  private void submit() {
    while (submitted < Math.min(batches, position + ahead)) {
      int number = submitted++;
      dataset.prepare(indices(number));
      pending.addLast(workers.submit(() -> load(number)));
    }
  }

  private HostBatch load(int number) {
    int[] indices = indices(number);
    List<Sample> samples = new ArrayList<>(indices.length);
    for (int index : indices) {
      samples.add(load(dataset, index));
    }
    HostBatch result = HostBatch.allocate(samples, size);
    for (int n = 0; n < indices.length; n++) {
      views.of(indices[n]).write(Resizer.resize(samples.get(n), size), result, n);
    }
    return result;
  }

  private int[] indices(int number) {
    int from = number * batch;
    return Arrays.copyOfRange(order, from, Math.min(order.length, from + batch));
  }

  private static Sample load(Dataset dataset, int index) {
    try {
      return dataset.load(index);
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

  private static int[] identity(int size) {
    int[] order = new int[size];
    Arrays.setAll(order, i -> i);
    return order;
  }
}
