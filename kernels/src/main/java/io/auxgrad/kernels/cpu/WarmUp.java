package io.auxgrad.kernels.cpu;

/**
 * Which work is so new that the JVM has not compiled its loops yet. Until it has, they crawl, and
 * all wait for its optimising compiler. On two processors that has one thread, and where both run
 * such loops it gets less than one of them; so new work is done by its caller alone, which leaves
 * the other one to the compiler. On more processors there is less to win, and more to lose by
 * working alone.
 *
 * <p>Used by one thread at a time.
 */
final class WarmUp {
  private static final int PROCESSORS = 2;

  // Measured on a first training step: fewer calls are worth less, more nothing. Where one call
  // takes long, because images are many or large, its loops are compiled before it ends.
  private static final int CALLS = 8;
  private static final long NANOS = 100_000_000;

  /** What was done of a kind of work so far. */
  private static final class Done {
    private int calls;
    private long nanos;
  }

  private final ClassValue<Done> done =
      new ClassValue<>() {
        @Override
        protected Done computeValue(Class<?> kind) {
          return new Done();
        }
      };

  private final int processors;

  /** On a machine of {@code processors}. */
  WarmUp(int processors) {
    this.processors = processors;
  }

  /** Whether a team of {@code threads} leaves work of the kind {@code kind} to its caller. */
  boolean isAlone(int threads, Class<?> kind) {
    if (threads != PROCESSORS || processors > PROCESSORS) {
      return false;
    }
    Done before = done.get(kind);
    return before.calls < CALLS && before.nanos < NANOS;
  }

  /** Work of the kind {@code kind} was done alone. */
  void add(Class<?> kind, long nanos) {
    Done sum = done.get(kind);
    sum.calls++;
    sum.nanos += nanos;
  }
}
