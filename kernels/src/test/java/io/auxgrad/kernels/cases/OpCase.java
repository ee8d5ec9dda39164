package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backend;
import java.util.List;
import java.util.Set;

/**
 * One op at one size.
 *
 * @param name what is shown
 * @param covers the methods of the op contract that it calls, as {@code family.method}
 * @param inputs what the op is given
 * @param oracle the float64 reference: inputs to outputs
 * @param forward the op on a backend: inputs to outputs
 * @param gradient the gradients of the first output with respect to each input (null where there is
 *     none), or null if the op has no gradient
 * @param length terms summed for one output value, which the tolerance grows with
 * @param bytes memory that must be moved forward, for the speed table
 */
record OpCase(
    String name,
    Set<String> covers,
    List<Input> inputs,
    Oracle oracle,
    Forward forward,
    Gradient gradient,
    long length,
    long bytes) {

  /** The reference. */
  interface Oracle {
    List<Array64> apply(List<Array64> inputs);
  }

  /** The op under test. */
  interface Forward {
    List<Tensor> apply(Backend backend, List<Tensor> inputs);
  }

  /** Its gradients, given inputs, outputs and the gradient of the first output. */
  interface Gradient {
    List<Tensor> apply(Backend backend, List<Tensor> inputs, List<Tensor> outputs, Tensor dy);
  }

  static OpCase of(
      String name, Set<String> covers, List<Input> inputs, Oracle oracle, Forward forward) {
    long bytes = inputs.stream().mapToLong(i -> 4 * i.shape().size()).sum();
    return new OpCase(name, covers, inputs, oracle, forward, null, 1, bytes);
  }

  OpCase differentiable(Gradient rule) {
    return new OpCase(name, covers, inputs, oracle, forward, rule, length, bytes);
  }

  OpCase summing(long terms) {
    return new OpCase(name, covers, inputs, oracle, forward, gradient, terms, bytes);
  }

  @Override
  public String toString() {
    return name + " " + inputs.stream().map(i -> i.shape().toString()).toList();
  }
}
