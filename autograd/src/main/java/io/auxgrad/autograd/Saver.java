package io.auxgrad.autograd;

import io.auxgrad.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps what a {@link Rule} will need. Saving costs no copy: the memory stays until the rule has
 * run, also when the tensor that was saved is closed before.
 */
public final class Saver {
  private static final int USUAL = 4;

  private List<Tensor> saved = List.of();

  Saver() {}

  /** Saves {@code tensor}; the result is for the rule to read. */
  public Tensor save(Tensor tensor) {
    Tensor handle = Accumulation.share(tensor);
    if (saved.isEmpty()) {
      saved = new ArrayList<>(USUAL);
    }
    saved.add(handle);
    return handle;
  }

  /** Saves {@code tensor} if {@code argument}'s gradient will be asked for; null otherwise. */
  public Tensor saveFor(Variable argument, Tensor tensor) {
    return argument.requiresGradient() ? save(tensor) : null;
  }

  /** Lets go of all that was saved. */
  void close() {
    for (int i = 0; i < saved.size(); i++) {
      saved.get(i).close();
    }
    saved = List.of();
  }
}
