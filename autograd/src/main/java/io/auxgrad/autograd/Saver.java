package io.auxgrad.autograd;

import io.auxgrad.tensor.Tensor;
import java.util.Arrays;

/**
 * Keeps what a {@link Rule} will need. Saving costs no copy: the memory stays until the rule has
 * run, also when the tensor that was saved is closed before.
 */
public final class Saver {
  private static final Tensor[] NONE = {};
  private static final int USUAL = 2;

  private Tensor[] saved = NONE;
  private int count;

  Saver() {}

  /** Saves {@code tensor}; the result is for the rule to read. */
  public Tensor save(Tensor tensor) {
    Tensor handle = Accumulation.share(tensor);
    if (count == saved.length) {
      saved = Arrays.copyOf(saved, Math.max(USUAL, 2 * count));
    }
    saved[count++] = handle;
    return handle;
  }

  /** Saves {@code tensor} if {@code argument}'s gradient will be asked for; null otherwise. */
  public Tensor saveFor(Variable argument, Tensor tensor) {
    return argument.requiresGradient() ? save(tensor) : null;
  }

  /** Lets go of all that was saved. */
  void close() {
    for (int i = 0; i < count; i++) {
      saved[i].close();
    }
    saved = NONE;
    count = 0;
  }
}
