package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backend;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One op at one size: how it is called and what it should give.
 *
 * @param name what is shown
 * @param covers the methods of the op contract that it calls, as {@code family.method}; all of one
 *     family
 * @param inputs what the op is given
 * @param oracle the float64 reference: inputs to outputs
 * @param forward the op on a backend: inputs to outputs
 * @param gradient the gradients of the first output with respect to each input (null where there is
 *     none), or null if the op has no gradient
 * @param length terms summed for one output value, which the tolerance grows with
 * @param bytes memory that must be moved forward, for the speed table
 */
public record OpCase(
    String name,
    Set<String> covers,
    List<Input> inputs,
    Oracle oracle,
    Forward forward,
    Gradient gradient,
    long length,
    long bytes) {

  /** The reference. */
  @FunctionalInterface
  public interface Oracle {
    /** The float64 outputs, each with the dtype that the op gives it. */
    List<Array64> apply(List<Array64> inputs);
  }

  /** The op under test. */
  @FunctionalInterface
  public interface Forward {
    /** The outputs, in the order of the reference's; the caller closes them. */
    List<Tensor> apply(Backend backend, List<Tensor> inputs);
  }

  /** Its gradients, given inputs, outputs and the gradient of the first output. */
  @FunctionalInterface
  public interface Gradient {
    /** One gradient per input, null where there is none; the caller closes them. */
    List<Tensor> apply(Backend backend, List<Tensor> inputs, List<Tensor> outputs, Tensor dy);
  }

  /** The family of the op contract that it belongs to, such as {@code convolution}. */
  public String family() {
    String method = covers.iterator().next();
    return method.substring(0, method.indexOf('.'));
  }

  static OpCase of(
      String name, Set<String> covers, List<Input> inputs, Oracle oracle, Forward forward) {
    long bytes = inputs.stream().mapToLong(i -> 4 * i.shape().size()).sum();
    return new OpCase(name, covers, inputs, oracle, forward, null, 1, bytes);
  }

  OpCase differentiable(Gradient rule) {
    return new OpCase(name, covers, inputs, oracle, forward, rule, length, bytes);
  }

  /**
   * The same op in bfloat16: {@code activations} among the inputs and {@code results} among the
   * outputs, numbered from 0, are bfloat16, and so is the gradient that arrives if output 0 is. All
   * inputs hold numbers that bfloat16 has, so the reference is given what the op is.
   */
  OpCase inBfloat16(Set<Integer> activations, Set<Integer> results) {
    return new OpCase(
        name + " bfloat16",
        covers,
        range(inputs.size())
            .mapToObj(i -> inputs.get(i).inBfloat16(activations.contains(i)))
            .toList(),
        in -> {
          List<Array64> out = oracle.apply(in);
          return range(out.size())
              .mapToObj(i -> results.contains(i) ? out.get(i).as(DType.BFLOAT16) : out.get(i))
              .toList();
        },
        forward,
        gradient,
        length,
        bytes);
  }

  /** {@code cases}, and each of them again {@link #inBfloat16}. */
  static List<OpCase> alsoInBfloat16(
      List<OpCase> cases, Set<Integer> activations, Set<Integer> results) {
    return cases.stream().flatMap(c -> Stream.of(c, c.inBfloat16(activations, results))).toList();
  }

  private static IntStream range(int end) {
    return IntStream.range(0, end);
  }

  OpCase summing(long terms) {
    return new OpCase(name, covers, inputs, oracle, forward, gradient, terms, bytes);
  }

  @Override
  public String toString() {
    return name + " " + inputs.stream().map(i -> i.shape().toString()).toList();
  }
}
