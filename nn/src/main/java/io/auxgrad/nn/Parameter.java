package io.auxgrad.nn;

import io.auxgrad.autograd.Variable;
import io.auxgrad.tensor.Tensor;

/**
 * A tensor that an optimiser trains, with its place in the module tree. Owned by its {@link
 * Module}.
 */
public final class Parameter {
  private final Module owner;
  private final String localName;
  private final Tensor value;
  private final Variable variable;

  Parameter(Module owner, String localName, Tensor value) {
    this.owner = owner;
    this.localName = localName;
    this.value = value;
    this.variable = Variable.parameter(value);
  }

  /**
   * The dotted path from the root of the tree that the module is in now, for example {@code
   * encoder.stem.conv.weight}.
   */
  public String name() {
    return owner.qualified(localName);
  }

  /** The leaf that takes part in the computation. */
  public Variable variable() {
    return variable;
  }

  /** The current value; optimisers change it in place. */
  public Tensor value() {
    return value;
  }

  /**
   * The gradient that backward has summed up, or null where there is none; owned by the variable.
   */
  public Tensor gradient() {
    return variable.gradient();
  }

  void close() {
    variable.zeroGradient();
    value.close();
  }

  @Override
  public String toString() {
    return name() + " " + value;
  }
}
