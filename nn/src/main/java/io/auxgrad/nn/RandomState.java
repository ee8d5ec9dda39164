package io.auxgrad.nn;

import io.auxgrad.tensor.Philox;

/**
 * The state of a random number generator at one moment, for checkpoints.
 *
 * @param seed the seed
 * @param stream the stream
 * @param position how many 32-bit numbers had been drawn
 */
public record RandomState(long seed, long stream, long position) {
  /** The state of {@code random} now. */
  public static RandomState of(Philox random) {
    return new RandomState(random.seed(), random.stream(), random.position());
  }

  /**
   * Sets {@code random} to this state, so that it goes on with the same numbers.
   *
   * @throws IllegalArgumentException if {@code random} has another seed or stream
   */
  public void restore(Philox random) {
    if (random.seed() != seed || random.stream() != stream) {
      throw new IllegalArgumentException(
          "random state: saved with seed %d and stream %d; the generator has %d and %d"
              .formatted(seed, stream, random.seed(), random.stream()));
    }
    random.seek(position);
  }
}
