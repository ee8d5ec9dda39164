package io.auxgrad.autograd;

import io.auxgrad.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The random numbers of a checkpointed segment: noted in its first pass, repeated in the others.
 */
final class Draws implements AutoCloseable {
  private final Draws outer;
  private final List<Tensor> numbers;
  private final boolean repeating;
  private boolean saved;
  private int next;

  private Draws(Draws outer, List<Tensor> numbers, boolean repeating) {
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

  Tensor draw(Supplier<Tensor> source) {
    if (!repeating) {
      Tensor fresh = outer == null ? source.get() : outer.draw(source);
      numbers.add(Accumulation.share(fresh));
      return fresh;
    }
    if (next == numbers.size()) {
      throw new IllegalStateException(
          "a checkpointed segment drew more random numbers when computed again than the "
              + next
              + " of its first pass: it must do the same both times");
    }
    Tensor drawn = numbers.get(next++);
    return drawn.reshape(drawn.shape());
  }

  boolean isRepeating() {
    return repeating || (outer != null && outer.isRepeating());
  }

  /** Hands the numbers to {@code saver}, for other passes. */
  void saveWith(Saver saver) {
    numbers.replaceAll(number -> {
      try (number) {
        return saver.save(number);
      }
    });
    saved = true;
  }

  /** Forgets the numbers, unless they were saved. */
  @Override
  public void close() {
    if (!saved) {
      numbers.forEach(Tensor::close);
    }
  }
}
