package io.auxgrad.kernels.cpu;

/** Threads that carry out one task together, the caller being one of them. */
interface Team extends AutoCloseable {
  /** What each worker does; must not throw. */
  interface Task {
    void run(int worker);
  }

  /** Number of workers, the caller included. */
  int size();

  /**
   * Runs {@code task} once for each worker in {@code [0, size)}, 0 on the calling thread; returns
   * when all are done.
   */
  void fork(Task task);

  /** Ends the threads. */
  @Override
  void close();
}
