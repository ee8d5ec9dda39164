package io.auxgrad.bench.profile;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;

/**
 * Keeps a GPU busy with copies while the host puts a step into its queue. The GPU then goes from op
 * to op without waiting for the host, whose time would else be taken for that of ops.
 */
final class HeadStart implements AutoCloseable {
  private static final int MOST_COPIES = 256;
  private static final int ROUNDS = 3;

  private final Tensor from;
  private final Tensor to;
  private final Runnable copy;
  private final double secondsOfOne;

  /** By copies of the largest working set of {@code roofline}. */
  HeadStart(Backend backend, Roofline roofline) {
    long bytes = roofline.bandwidth().lastKey() / 2;
    Shape half = Shape.of(Math.toIntExact(bytes / DType.FLOAT32.bytes()));
    from = TensorScope.detach(Tensor.zeros(backend.memory(), DType.FLOAT32, half));
    to = TensorScope.detach(Tensor.zeros(backend.memory(), DType.FLOAT32, half));
    try (OpTimer timer = new OpTimer(backend)) {
      copy = OpTimer.kernelOf(() -> backend.pointwise().copy(from, to));
      secondsOfOne = timer.best(() -> backend.pointwise().copy(from, to), ROUNDS, 1);
    }
  }

  /** Asks for copies that take so many seconds, as far as they fit into the queue. */
  void give(double seconds) {
    double copies = Math.min(MOST_COPIES, seconds / secondsOfOne);
    for (int i = 0; i < copies; i++) {
      copy.run();
    }
  }

  @Override
  public void close() {
    from.close();
    to.close();
  }
}
