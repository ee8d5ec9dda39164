package io.auxgrad.autograd;

import io.auxgrad.tensor.Tensor;

/**
 * How the gradient of an op's result becomes the gradients of its arguments.
 *
 * <pre>{@code
 * // y = a * b
 * (dy, into) -> {
 *   into.add(a, () -> multiply(dy, savedB));
 *   into.add(b, () -> multiply(dy, savedA));
 * }
 * }</pre>
 */
@FunctionalInterface
public interface Rule {
  /**
   * Adds the gradient of each argument to {@code into}. Tensors made here are closed afterwards.
   *
   * @param dy the complete gradient of the result, in its shape; to be read only
   * @param into takes the gradients of the arguments
   */
  void backward(Tensor dy, GradientSink into);
}
