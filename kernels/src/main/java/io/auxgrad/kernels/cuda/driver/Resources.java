package io.auxgrad.kernels.cuda.driver;

import java.util.ArrayDeque;
import java.util.Deque;

/** What is closed together, the last one first. One that fails keeps no other one open. */
final class Resources implements AutoCloseable {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** Makes {@code resource} one of them, and returns it. */
  <R extends AutoCloseable> R add(R resource) {
    open.push(resource);
    return resource;
  }

  /** Closes them because of {@code failure}, which is told what fails on the way. */
  void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    RuntimeException first = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        RuntimeException failure =
            e instanceof RuntimeException r ? r : new IllegalStateException(e);
        if (first == null) {
          first = failure;
        } else {
          first.addSuppressed(failure);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
