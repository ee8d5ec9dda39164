package io.auxgrad.mtl.data;

import java.util.Iterator;

/**
 * The batches of one epoch, one after the other. Order and content depend on the arguments alone,
 * not on threads, nor on where the samples are kept: a source that starts at batch b continues as
 * one that started at 0 goes on after b batches. Used by one thread.
 */
public interface BatchSource extends Iterator<BatchContent>, AutoCloseable {
  /**
   * One epoch of training: all samples in a new random order, each in a random view. The samples
   * that are left after the last full batch are dropped; the next epoch has another order. Samples
   * that {@link DeviceData} took to a device are gathered there; others are prepared by threads.
   *
   * @param size height and width of the batches; samples of another size are resized first
   * @param batch images per batch
   * @param epoch number of the epoch, from 0
   * @param firstBatch first batch to deliver, from 0: where a resumed run goes on
   * @param threads loader threads, at least 1
   * @throws io.auxgrad.mtl.UserException if the data set has fewer samples than a batch
   */
  static BatchSource training(
      Dataset dataset,
      Augmentation augmentation,
      ImageSize size,
      int batch,
      long seed,
      int epoch,
      int firstBatch,
      int threads) {
    EpochPlan plan = EpochPlan.training(dataset, augmentation, batch, seed, epoch);
    return of(dataset, size, plan, firstBatch, threads);
  }

  /** The whole data set in its order, unchanged but for the size; the last batch may be smaller. */
  static BatchSource evaluation(Dataset dataset, ImageSize size, int batch, int threads) {
    return of(dataset, size, EpochPlan.evaluation(dataset, batch), 0, threads);
  }

  private static BatchSource of(
      Dataset dataset, ImageSize size, EpochPlan plan, int firstBatch, int threads) {
    DeviceSamples onDevice =
        dataset instanceof ResidentDataset resident ? resident.samplesOrNull(size) : null;
    return onDevice == null
        ? new Loader(dataset, size, plan, firstBatch, threads)
        : new DeviceLoader(onDevice, plan, firstBatch);
  }

  /** Number of batches in the epoch, the skipped ones included. */
  int batches();

  /** Number of the batch that {@link #next} delivers. */
  int position();

  @Override
  void close();
}
