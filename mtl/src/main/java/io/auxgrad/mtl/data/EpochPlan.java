package io.auxgrad.mtl.data;

import io.auxgrad.mtl.UserException;
import io.auxgrad.tensor.Philox;
import java.util.Arrays;

/**
 * Which samples the batches of an epoch show, and in which views: the same, wherever the samples
 * are kept.
 *
 * @param order the samples, one batch after the other
 * @param batch samples of a batch; the last one may have fewer
 * @param batches number of batches
 * @param views the view of each sample
 */
@SuppressWarnings("ArrayRecordComponent")
record EpochPlan(int[] order, int batch, int batches, Views views) {
  private static final long DOMAIN = 0x73687566666c6531L;

  /** The view of a sample. */
  interface Views {
    View of(int index);
  }

  /**
   * All samples in a new random order, each in a random view; an incomplete last batch is left out.
   */
  static EpochPlan training(
      Dataset dataset, Augmentation augmentation, int batch, long seed, int epoch) {
    if (dataset.size() < batch) {
      throw new UserException(
          "%s has %d samples, fewer than a batch of %d: set train.batch to at most %d"
              .formatted(dataset.name(), dataset.size(), batch, dataset.size()));
    }
    int[] order = identity(dataset.size());
    new Philox(seed ^ DOMAIN, epoch).shuffle(order);
    return new EpochPlan(
        order, batch, dataset.size() / batch, index -> augmentation.draw(seed, epoch, index));
  }

  /** All samples in their order, as they are. */
  static EpochPlan evaluation(Dataset dataset, int batch) {
    int batches = Math.ceilDiv(dataset.size(), batch);
    return new EpochPlan(identity(dataset.size()), batch, batches, _ -> View.WHOLE);
  }

  /** The samples of batch {@code number}, from 0. */
  int[] indices(int number) {
    int from = number * batch;
    return Arrays.copyOfRange(order, from, Math.min(order.length, from + batch));
  }

  /** How sample {@code index} is seen. */
  View view(int index) {
    return views.of(index);
  }

  private static int[] identity(int size) {
    int[] order = new int[size];
    Arrays.setAll(order, i -> i);
    return order;
  }
}
