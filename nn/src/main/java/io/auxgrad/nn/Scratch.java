package io.auxgrad.nn;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.tensor.TensorScope;
import java.util.function.Supplier;

/**
 * Keeps inference small: what a part of a forward pass made on the way is closed when the part is
 * done.
 */
public final class Scratch {
  private Scratch() {}

  /**
   * The result of {@code part}. While a tape records, nothing is closed, since backward needs it;
   * otherwise all tensors that {@code part} made are, except the result, which belongs to the
   * current scope.
   */
  public static Variable run(Supplier<Variable> part) {
    if (Tape.isRecording()) {
      return part.get();
    }
    try (TensorScope scope = TensorScope.open()) {
      Variable result = part.get();
      scope.keep(result.value());
      return result;
    }
  }
}
