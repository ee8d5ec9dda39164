package io.auxgrad.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The random numbers of a checkpointed segment: noted in its first pass, repeated in the others.
 */
final class Draws {
  private final Draws outer;
  private final List<Long> numbers;
  private final boolean repeating;
  private int next;

  private Draws(Draws outer, List<Long> numbers, boolean repeating) {
    this.outer = outer;
    this.numbers = numbers;
    this.repeating = repeating;
  }

  /** For a first pass inside the segment of {@code outer}, which may be null. */
  static Draws noting(Draws outer) {
    return new Draws(outer, new ArrayList<>(), false);
  }

  /** For another pass over the same segment. */
  Draws repeating() {
    return new Draws(outer, numbers, true);
  }

  long draw(LongSupplier source) {
    if (!repeating) {
      numbers.add(outer == null ? source.getAsLong() : outer.draw(source));
      return numbers.getLast();
    }
    if (next == numbers.size()) {
      throw new IllegalStateException(
          "a checkpointed segment drew more random numbers when computed again than the "
              + next
              + " of its first pass: it must do the same both times");
    }
    return numbers.get(next++);
  }

  boolean isRepeating() {
    return repeating || (outer != null && outer.isRepeating());
  }
}
