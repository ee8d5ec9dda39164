package io.auxgrad.autograd;

import io.auxgrad.tensor.DType;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One op at one size.
 *
 * @param method that it tests, for example {@code ConvolutionGradients.conv2d}
 * @param detail what sets it apart from other cases of the method
 * @param inputs all of which are differentiated
 * @param op on the inputs
 * @param reference the same in float64, from its definition
 * @param narrow the numbers of the inputs that are bfloat16, from 0
 */
record GradientCase(
    String method,
    String detail,
    List<Doubles> inputs,
    Function<List<Variable>, Variable> op,
    Function<List<Doubles>, Doubles> reference,
    Set<Integer> narrow) {
  GradientCase(
      String method,
      String detail,
      List<Doubles> inputs,
      Function<List<Variable>, Variable> op,
      Function<List<Doubles>, Doubles> reference) {
    this(method, detail, inputs, op, reference, Set.of());
  }

  /**
   * The same with {@code activations} among the inputs in bfloat16; all hold numbers that bfloat16
   * has.
   */
  GradientCase inBfloat16(Integer... activations) {
    List<Doubles> rounded = inputs.stream().map(Doubles::roundedToBfloat16).toList();
    return new GradientCase(
        method, detail + " bfloat16", rounded, op, reference, Set.of(activations));
  }

  /** {@code cases}, and each of them again {@link #inBfloat16}. */
  static Stream<GradientCase> alsoInBfloat16(Stream<GradientCase> cases, Integer... activations) {
    return cases.flatMap(c -> Stream.of(c, c.inBfloat16(activations)));
  }

  /** The type of input {@code k}. */
  DType dtype(int k) {
    return narrow.contains(k) ? DType.BFLOAT16 : DType.FLOAT32;
  }

  @Override
  public String toString() {
    return method + " " + detail + " " + inputs.stream().map(Doubles::shape).toList();
  }
}
