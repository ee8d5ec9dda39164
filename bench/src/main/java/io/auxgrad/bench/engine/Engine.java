package io.auxgrad.bench.engine;

import io.auxgrad.bench.ops.Op;
import io.auxgrad.bench.work.Workload;

/** What does the work of the suites. A prepared {@link Work} has its weights and inputs ready. */
public interface Engine extends AutoCloseable {
  /** Something that can be done again and again. */
  interface Work extends AutoCloseable {
    /** Does it {@code times} times. */
    void run(int times);

    @Override
    default void close() {}
  }

  /**
   * A single op.
   *
   * @throws UnsupportedWorkException if this engine cannot
   */
  Work op(Op op);

  /**
   * Training steps.
   *
   * @throws UnsupportedWorkException if this engine cannot
   */
  Work train(Workload workload);

  /**
   * Passes of the deployed network.
   *
   * @throws UnsupportedWorkException if this engine cannot
   */
  Work infer(Workload workload);

  @Override
  default void close() {}
}
