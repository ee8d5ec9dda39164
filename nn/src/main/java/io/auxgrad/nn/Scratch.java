package io.auxgrad.nn;

import io.auxgrad.autograd.Variable;
import io.auxgrad.tensor.TensorScope;
import java.util.function.Supplier;

/**
 * Keeps a forward pass small: what a part of it made on the way is closed when the part is done,
 * but for the memory that a tape has saved for backward.
 */
public final class Scratch {
  private Scratch() {}

  /**
   * The result of {@code part}, which must be made by it and then belongs to the current scope. All
   * other tensors that {@code part} makes are closed.
   */
  public static Variable run(Supplier<Variable> part) {
    try (TensorScope scope = TensorScope.open()) {
      Variable result = part.get();
      scope.keep(result.value());
      return result;
    }
  }
}
