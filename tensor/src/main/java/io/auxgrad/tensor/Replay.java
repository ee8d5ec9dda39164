package io.auxgrad.tensor;

/**
 * A computation of fixed shapes that ran once and can be run again without what lies between its
 * ops: {@link io.auxgrad.tensor.ops.Backend#record} makes one. The results are the same bytes as
 * those of the ops called one by one. One thread at a time.
 */
public interface Replay extends AutoCloseable {
  /**
   * Runs the computation again on the same memory; on a GPU it returns when the work is in the
   * queue.
   */
  void run();

  /** Forgets the computation; its open results stay their owners'. May be called twice. */
  @Override
  void close();
}
