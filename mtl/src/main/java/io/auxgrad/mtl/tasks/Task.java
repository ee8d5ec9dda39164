package io.auxgrad.mtl.tasks;

import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.metrics.Metric;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Tensor;

/**
 * Something predicted for every pixel. A new task is one class that implements this.
 *
 * <p>The network's output {@code [N,h,w,outputs]} is coarser than the labels {@code [N,H,W]}; loss
 * and prediction bring it to their size, bilinearly with half-pixel centres. The losses of {@link
 * io.auxgrad.autograd.LossGradients} named {@code upsampled...} do so without storing anything of
 * that size.
 */
public interface Task {
  /**
   * What the loss is the likelihood of; see {@link io.auxgrad.mtl.weighting.UncertaintyWeighting}.
   */
  enum Kind {
    /** A choice among classes. */
    CLASSIFICATION,
    /** A continuous value. */
    REGRESSION
  }

  /** The name in configurations, results and parameter names, for example {@code depth}. */
  String name();

  /** Channels that the network puts out. */
  int outputs();

  /** What kind of quantity is predicted. */
  Kind kind();

  /**
   * The loss of the network's output {@code [N,h,w,outputs]}: a scalar, the mean over the pixels
   * with a valid label; 0 if there is none.
   *
   * <p>A training records it as a part of its third step and replays it in all later ones, unless
   * {@code train.capture} is {@code never}: it reads no values of tensors, and what it takes of the
   * batch it takes from the batch's tensors.
   *
   * @throws io.auxgrad.mtl.UserException if the batch lacks this task's labels
   */
  Variable loss(Variable output, Batch batch);

  /**
   * The prediction for every pixel, {@code [N,height,width,outputs]}, in the task's own unit.
   *
   * @param output of the network, {@code [N,h,w,outputs]}
   */
  Tensor predict(Tensor output, int height, int width);

  /** An empty metric for predictions of this task, in the memory that they are in. */
  Metric newMetric(DeviceMemory memory);

  /** The predictor that looks at no image, not yet fitted. */
  TrivialPredictor newTrivialPredictor();
}
