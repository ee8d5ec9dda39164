package io.auxgrad.mtl.tasks;

import io.auxgrad.mtl.data.Batch;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;

/**
 * Predicts the same value at every pixel of every image: the best constant for the training split.
 * A network that does not beat it has learned nothing.
 */
public abstract class TrivialPredictor {
  /**
   * Takes in the labels of one batch of the training split; pixels without a valid label are left
   * out.
   */
  public abstract void fit(Batch batch);

  /** The constant, one value for each output of the task. */
  public abstract float[] constant();

  /** The constant as a prediction {@code [N,height,width,outputs]} that the task's metric takes. */
  public final Tensor predict(DeviceMemory memory, int count, int height, int width) {
    float[] constant = constant();
    Shape shape = Shape.of(count, height, width, constant.length);
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = constant[i % constant.length];
    }
    return Tensor.of(memory, shape, values);
  }
}
