package io.auxgrad.mtl.train;

import io.auxgrad.mtl.UserException;
import io.auxgrad.tensor.Replay;
import io.auxgrad.tensor.ops.Backend;

/**
 * A computation that is done again and again on the same tensors: at first op by op, so that all is
 * there that a first time makes (plans of convolutions, what an optimiser remembers), then, if so
 * wanted, as a recording.
 */
final class Repeated implements AutoCloseable {
  /** Momentum and the like begin with the first step and go on with the second. */
  private static final int WARM_UP = 2;

  private final Backend backend;
  private final boolean records;
  private int done;
  private Replay replay;
  private Object recordedOn;

  Repeated(Backend backend, boolean records) {
    this.backend = backend;
    this.records = records;
  }

  /**
   * Does {@code body} once more.
   *
   * @param on whose tensors {@code body} works on: the same in each call once it is recorded
   * @throws UserException if it cannot be recorded
   */
  void run(Object on, Runnable body) {
    if (replay != null) {
      if (on != recordedOn) {
        throw new IllegalArgumentException(
            "this was recorded on another batch: let that one take the images");
      }
      replay.run();
    } else if (records && done == WARM_UP) {
      record(body);
      recordedOn = on;
    } else {
      body.run();
      done++;
    }
  }

  /** Whether it is replayed from now on. */
  boolean isRecorded() {
    return replay != null;
  }

  private void record(Runnable body) {
    try {
      replay = backend.record(body);
    } catch (IllegalStateException e) {
      throw new UserException(
          "the computation cannot be captured: " + e.getMessage() + "; set train.capture=never", e);
    }
  }

  @Override
  public void close() {
    if (replay != null) {
      replay.close();
    }
  }
}
