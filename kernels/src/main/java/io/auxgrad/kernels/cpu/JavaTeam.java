package io.auxgrad.kernels.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A team of Java threads. A waiting thread first spins for some microseconds, because the next task
 * usually follows at once, and then parks, because spinning would take the core from others.
 */
final class JavaTeam implements Team {
  private static final int SPINS = 2000;

  private final Helper[] helpers;
  private final AtomicInteger generation = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private volatile Task task;
  private volatile Thread waiting;
  private volatile boolean closed;

  JavaTeam(int size) {
    helpers = new Helper[size - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Helper(i + 1);
      helpers[i].start();
    }
  }

  @Override
  public int size() {
    return helpers.length + 1;
  }

  @Override
  public void fork(Task work) {
    task = work;
    running.set(helpers.length);
    wakeAll();
    work.run(0);
    awaitHelpers();
    task = null;
  }

  @Override
  public void close() {
    closed = true;
    wakeAll();
  }

  private void wakeAll() {
    generation.incrementAndGet();
    for (Helper helper : helpers) {
      if (helper.parked) {
        LockSupport.unpark(helper);
      }
    }
  }

  private void awaitHelpers() {
    for (int i = 0; running.get() > 0 && i < SPINS; i++) {
      Thread.onSpinWait();
    }
    // Announce first and look again: a helper that finishes in between sees the announcement.
    waiting = Thread.currentThread();
    while (running.get() > 0) {
      LockSupport.park(this);
    }
    waiting = null;
  }

  private final class Helper extends Thread {
    private final int worker;
    private volatile boolean parked;
    private int seen;

    Helper(int worker) {
      super("auxgrad-worker-" + worker);
      this.worker = worker;
      setDaemon(true);
    }

    @Override
    public void run() {
      while (true) {
        awaitNext();
        if (closed) {
          return;
        }
        task.run(worker);
        if (running.decrementAndGet() == 0) {
          LockSupport.unpark(waiting);
        }
      }
    }

    private void awaitNext() {
      for (int i = 0; generation.get() == seen && i < SPINS; i++) {
        Thread.onSpinWait();
      }
      parked = true;
      while (generation.get() == seen) {
        LockSupport.park(JavaTeam.this);
      }
      parked = false;
      seen = generation.get();
    }
  }
}
