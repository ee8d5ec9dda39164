package io.auxgrad.tensor;

import java.util.List;
import java.util.Objects;

/**
 * The gate between the contract of the ops and the backends: whatever an op computes, checked and
 * with its results allocated, passes here. A listener on a thread sees that thread's ops, to time
 * or to record them; without one the gate costs a look at a thread-local.
 */
public final class Launch {
  private static final ThreadLocal<Listener> LISTENER = new ThreadLocal<>();

  private Launch() {}

  /** Sees the ops of a thread. */
  public interface Listener {
    /**
     * Must run {@code kernel} once, and may run it again as long as the operands live.
     *
     * @param op family and name, for example {@code convolution.gradInput}
     * @param kernel computes the op
     * @param operands what it reads and writes; some may be null
     */
    void launch(String op, Runnable kernel, Tensor... operands);
  }

  /** Runs {@code kernel}, or lets this thread's listener run it. For use by the contract. */
  public static void run(String op, Runnable kernel, Tensor... operands) {
    Listener listener = LISTENER.get();
    if (listener == null) {
      kernel.run();
    } else {
      listener.launch(op, kernel, operands);
    }
  }

  /** The same for operands in lists, of which some may be null. */
  public static void run(String op, Runnable kernel, List<List<Tensor>> operands) {
    if (LISTENER.get() == null) {
      kernel.run();
    } else {
      run(
          op,
          kernel,
          operands.stream().filter(Objects::nonNull).flatMap(List::stream).toArray(Tensor[]::new));
    }
  }

  /**
   * Lets {@code listener} see the ops that {@code body} runs on this thread.
   *
   * @throws IllegalStateException if another listener does already
   */
  public static void listen(Listener listener, Runnable body) {
    if (LISTENER.get() != null) {
      throw new IllegalStateException("another listener sees the ops of this thread already");
    }
    LISTENER.set(listener);
    try {
      body.run();
    } finally {
      LISTENER.remove();
    }
  }
}
