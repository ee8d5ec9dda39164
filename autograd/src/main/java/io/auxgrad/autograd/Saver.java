package io.auxgrad.autograd;

import io.auxgrad.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps what a {@link Rule} will need. Saving costs no copy: the memory stays until the rule has
 * run, also when the tensor that was saved is closed before.
 */
public final class Saver {
  private final List<Tensor> saved = new ArrayList<>();

  Saver() {}

  /** Saves {@code tensor}; the result is for the rule to read. */
  public Tensor save(Tensor tensor) {
    Tensor handle = Accumulation.share(tensor);
    saved.add(handle);
    return handle;
  }

  /** Saves {@code tensor} if {@code argument}'s gradient will be asked for; null otherwise. */
  public Tensor saveFor(Variable argument, Tensor tensor) {
    return argument.requiresGradient() ? save(tensor) : null;
  }

  List<Tensor> saved() {
    return saved;
  }
}
