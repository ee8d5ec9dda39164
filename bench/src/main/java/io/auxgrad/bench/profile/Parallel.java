package io.auxgrad.bench.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;

/** The same on several threads at once. */
final class Parallel {
  private Parallel() {}

  /** Nanoseconds from the common start to the end of the last thread. */
  static long time(int threads, IntConsumer body) {
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> started = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int thread = i;
      started.add(
          Thread.ofPlatform()
              .start(() -> {
                await(go);
                body.accept(thread);
              }));
    }
    long start = System.nanoTime();
    go.countDown();
    try {
      for (Thread thread : started) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return System.nanoTime() - start;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
