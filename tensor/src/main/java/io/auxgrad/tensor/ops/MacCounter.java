package io.auxgrad.tensor.ops;

/**
 * Counts the multiply-accumulates of the convolutions and matrix products, forward and gradients
 * alike, that this thread runs while the counter is open. Bias, normalisation, pooling, resizing
 * and the like are not counted.
 *
 * <pre>{@code
 * try (var counter = MacCounter.open()) {
 *   network.forward(images);
 *   System.out.println(counter.macs());
 * }
 * }</pre>
 */
public final class MacCounter implements AutoCloseable {
  private static final ThreadLocal<MacCounter> CURRENT = new ThreadLocal<>();

  private final MacCounter outer = CURRENT.get();
  private long macs;

  private MacCounter() {}

  /** Counts from now on, on this thread. Counters nest. */
  public static MacCounter open() {
    MacCounter counter = new MacCounter();
    CURRENT.set(counter);
    return counter;
  }

  /** Multiply-accumulates so far. */
  public long macs() {
    return macs;
  }

  static void add(long macs) {
    for (MacCounter c = CURRENT.get(); c != null; c = c.outer) {
      c.macs += macs;
    }
  }

  @Override
  public void close() {
    CURRENT.set(outer);
  }
}
