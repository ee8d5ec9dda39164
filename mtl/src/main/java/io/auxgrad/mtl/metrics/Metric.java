package io.auxgrad.mtl.metrics;

import io.auxgrad.mtl.data.Batch;
import io.auxgrad.tensor.Tensor;
import java.util.SequencedMap;

/**
 * Figures of one task over a split, fed batch by batch. The split is one pool of pixels: how it was
 * cut into batches does not change a single bit of the result.
 *
 * <p>What is summed up stays in the memory of the device that makes the predictions, in tensors
 * that belong to the scope in which the metric was made. Not thread-safe.
 */
public interface Metric {
  /**
   * Takes in the predictions for one batch; pixels without a valid label are left out. Asks the
   * device for ops alone, so that it may be {@linkplain io.auxgrad.tensor.ops.Backend#record
   * recorded}: each replay takes in what the same tensors hold by then.
   *
   * @param prediction float32 {@code [N,H,W,outputs]} at the size of the labels, as the task's
   *     {@code predict} gives it; not closed
   * @param batch the labels
   */
  void update(Tensor prediction, Batch batch);

  /**
   * The figures by name, over everything taken in so far; NaN where no pixel was valid. Waits for
   * the device.
   */
  SequencedMap<String, Double> results();
}
