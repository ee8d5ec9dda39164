package io.auxgrad.nn.layers;

import io.auxgrad.autograd.MatmulGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Layer;
import io.auxgrad.nn.Parameter;
import io.auxgrad.nn.init.Initializer;
import io.auxgrad.tensor.Shape;

/**
 * {@code y = x weight^T + bias} along the last axis: {@code [..., in] -> [..., out]}, with {@code
 * weight [out,in]} and {@code bias [out]}.
 */
public final class Linear extends Layer {
  private final Parameter weight;
  private final Parameter bias;

  /** With a bias, initialised as PyTorch does. */
  public Linear(Context context, int in, int out) {
    this(context, in, out, true, Initializer.torchDefault());
  }

  /**
   * With the given initial weights.
   *
   * @param withBias whether a bias is added, initially uniform in {@code +-1/sqrt(in)}
   */
  public Linear(Context context, int in, int out, boolean withBias, Initializer init) {
    if (in < 1 || out < 1) {
      throw new IllegalArgumentException(
          "Linear: " + in + " inputs and " + out + " outputs must be positive");
    }
    weight =
        parameter("weight", init.create(context.memory(), Shape.of(out, in), context.random()));
    Initializer biasInit = Initializer.uniform(1 / Math.sqrt(in));
    bias =
        withBias
            ? parameter("bias", biasInit.create(context.memory(), Shape.of(out), context.random()))
            : null;
  }

  @Override
  public Variable forward(Variable x) {
    return MatmulGradients.linear(
        x, weight.variable(), bias == null ? null : bias.variable(), math());
  }

  /** The weight, {@code [out,in]}. */
  public Parameter weight() {
    return weight;
  }

  /** The bias {@code [out]}, or null. */
  public Parameter biasOrNull() {
    return bias;
  }
}
