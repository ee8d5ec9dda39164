package io.auxgrad.mtl.predict;

import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.Backend;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * A deployed network for images of one shape, ready to be asked over and over from any number of
 * threads: the ops of one pass are recorded once and then only run, without a tensor or buffer
 * being made.
 *
 * <pre>{@code
 * try (Predictor predictor = new Predictor(backend, network, tasks, Shape.of(1, 240, 320, 3), 2)) {
 *   try (Prediction prediction = predictor.predict(images)) {   // on any thread
 *     Tensor depth = prediction.of("depth");                     // [1,240,320,1], metres
 *   }
 * }
 * }</pre>
 *
 * <p>The weights are read at each call, but what inference derives of them (batch normalisation
 * folded into convolutions) is made with the predictor: change them, and make a new one. Results
 * are the same bytes as those of {@link MultiTaskNetwork#forward} and {@link Task#predict}.
 */
public final class Predictor implements AutoCloseable {
  private final Shape images;
  private final Semaphore free;
  private final ArrayDeque<Prediction> idle;
  private final List<Prediction> all = new ArrayList<>();
  private boolean closed;

  /**
   * Records {@code network} once for each call that may be under way at a time.
   *
   * @param network in inference mode; stays the caller's, open as long as this
   * @param images the shape of the images, {@code [N,H,W,3]}
   * @param concurrency predictions that may be held at a time; a caller beyond that waits. Each
   *     takes the memory of one pass.
   */
  public Predictor(
      Backend backend, MultiTaskNetwork network, List<Task> tasks, Shape images, int concurrency) {
    if (network.isTraining()) {
      throw new IllegalArgumentException(
          "predictor: the network is in training mode; use network.deploy() or train(false)");
    }
    if (concurrency < 1) {
      throw new IllegalArgumentException(
          "predictor: concurrency " + concurrency + " must be at least 1");
    }
    this.images = images;
    free = new Semaphore(concurrency, true);
    idle = new ArrayDeque<>(concurrency);
    try {
      for (int i = 0; i < concurrency; i++) {
        Prediction prediction = new Prediction(this, backend, network, tasks, images);
        all.add(prediction);
        idle.push(prediction);
      }
    } catch (RuntimeException e) {
      all.forEach(Prediction::dispose);
      throw e;
    }
  }

  /** The shape of the images, {@code [N,H,W,3]}. */
  public Shape images() {
    return images;
  }

  /**
   * Predicts for normalised images (see {@link io.auxgrad.mtl.data.Normalization}).
   *
   * @param images float32 of the predictor's shape, on its device; read before this returns
   * @return to be closed when it has been read, for its memory serves the next call
   */
  public Prediction predict(Tensor images) {
    if (!images.shape().equals(this.images)) {
      throw new TensorException(
          "predictor: images are %s, it was made for %s".formatted(images.shape(), this.images));
    }
    Prediction prediction = take();
    try {
      prediction.run(images);
      return prediction;
    } catch (RuntimeException e) {
      giveBack(prediction);
      throw e;
    }
  }

  private Prediction take() {
    free.acquireUninterruptibly();
    synchronized (idle) {
      if (closed) {
        free.release();
        throw new IllegalStateException("the predictor is closed");
      }
      return idle.pop();
    }
  }

  void giveBack(Prediction prediction) {
    synchronized (idle) {
      idle.push(prediction);
    }
    free.release();
  }

  /** Frees the memory, once the predictions under way are closed. */
  @Override
  public void close() {
    free.acquireUninterruptibly(all.size());
    synchronized (idle) {
      if (!closed) {
        closed = true;
        all.forEach(Prediction::dispose);
      }
    }
    free.release(all.size());
  }
}
