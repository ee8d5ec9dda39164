package io.auxgrad.autograd;

import io.auxgrad.tensor.Tensor;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Keeps what a {@link Rule} will need. Saving costs no copy: the memory stays until the rule has
 * run, also when the tensor that was saved is closed before.
 */
public final class Saver {
  private static final Tensor[] NONE = {};
  private static final int USUAL = 2;

  private Tensor[] saved = NONE;
  private int count;
  private Supplier<Tensor> remake;

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

  /**
   * {@link #saveFor} the value of {@code x}, which is not kept where its op can {@linkplain #remake
   * make it again}: for a rule that asks for it at most once.
   *
   * @return the value, in the scope of the rule; null if {@code argument} gets no gradient
   */
  public Supplier<Tensor> saveValueFor(Variable argument, Variable x) {
    if (!argument.requiresGradient()) {
      return null;
    }
    Node node = x.node();
    if (node != null && node.canRemake()) {
      return x::valueOrRemade;
    }
    Tensor value = save(x.value());
    return () -> value;
  }

  /**
   * Tells how the op's result is made again, to the last bit, from what is saved: worth it where
   * that takes far less time than what the op and its neighbours take.
   */
  public void remake(Supplier<Tensor> result) {
    remake = result;
  }

  /** What {@link #remake} was told; null if nothing. */
  Supplier<Tensor> remake() {
    return remake;
  }

  /** Lets go of all that was saved. */
  void close() {
    for (int i = 0; i < count; i++) {
      saved[i].close();
    }
    saved = NONE;
    count = 0;
    remake = null;
  }
}
