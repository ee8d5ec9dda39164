package io.auxgrad.autograd;

import java.util.List;
import java.util.function.Function;

/**
 * One op at one size.
 *
 * @param method that it tests, for example {@code ConvolutionGradients.conv2d}
 * @param detail what sets it apart from other cases of the method
 * @param inputs all of which are differentiated
 * @param op on the inputs
 * @param reference the same in float64, from its definition
 */
record GradientCase(
    String method,
    String detail,
    List<Doubles> inputs,
    Function<List<Variable>, Variable> op,
    Function<List<Doubles>, Doubles> reference) {
  @Override
  public String toString() {
    return method + " " + detail + " " + inputs.stream().map(Doubles::shape).toList();
  }
}
