package io.auxgrad.nn.layers;

import io.auxgrad.autograd.Checkpoint;
import io.auxgrad.autograd.PointwiseGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Layer;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;

/**
 * In training, sets each value to 0 with probability {@code p} and scales the others by {@code
 * 1/(1-p)}; in inference returns its input (Srivastava et al., 2014).
 *
 * <p>Every pass draws the stream of its mask from the context's generator: save that one with
 * {@link io.auxgrad.nn.RandomState}, and training goes on with the same masks.
 */
public final class Dropout extends Layer {
  private final float p;
  private final Philox random;

  /**
   * Drops with probability {@code p}.
   *
   * @param p in {@code [0,1)}
   */
  public Dropout(Context context, float p) {
    if (!(p >= 0 && p < 1)) {
      throw new IllegalArgumentException("Dropout: probability " + p + " must be in [0,1)");
    }
    this.p = p;
    this.random = context.random();
  }

  @Override
  public Variable forward(Variable x) {
    if (!isTraining() || p == 0) {
      return x;
    }
    try (Tensor stream = Checkpoint.draw(() -> nextStream(x.value().memory()))) {
      return PointwiseGradients.dropout(x, p, random.seed(), stream);
    }
  }

  private Tensor nextStream(DeviceMemory memory) {
    return Launch.feed(
        memory,
        DType.INT32,
        Shape.of(2),
        halves -> {
          int upper = random.nextInt();
          halves.set(random.nextInt(), upper);
        });
  }
}
