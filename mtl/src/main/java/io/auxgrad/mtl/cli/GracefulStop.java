package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.train.StopRequest;
import java.util.concurrent.CountDownLatch;

/**
 * Lets a training finish its step and write a checkpoint when the process is told to end (SIGINT,
 * SIGTERM). The process then ends with the signal's usual exit code.
 */
final class GracefulStop implements AutoCloseable {
  private final StopRequest request = new StopRequest();
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "stop");

  GracefulStop() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  StopRequest request() {
    return request;
  }

  private void stop() {
    request.make();
    try {
      finished.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Called when everything is written and printed. */
  @Override
  public void close() {
    finished.countDown();
    if (!request.isMade()) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }
}
