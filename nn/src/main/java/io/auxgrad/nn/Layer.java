package io.auxgrad.nn;

import io.auxgrad.autograd.Variable;

/** A module with one input and one output. */
public abstract class Layer extends Module {
  /**
   * The output for {@code x}. It is recorded if a tape is open; otherwise the layer lets go of what
   * it made on the way, and the result belongs to the current scope.
   */
  public abstract Variable forward(Variable x);
}
