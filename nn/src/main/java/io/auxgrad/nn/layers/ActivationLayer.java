package io.auxgrad.nn.layers;

import io.auxgrad.autograd.PointwiseGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Layer;
import io.auxgrad.tensor.ops.UnaryOp;

/** An element-wise function as a layer: {@code new ActivationLayer(UnaryOp.SILU)}. */
public final class ActivationLayer extends Layer {
  private final UnaryOp op;

  /** Applies {@code op} to every element. */
  public ActivationLayer(UnaryOp op) {
    this.op = op;
  }

  /** {@code max(0, x)}. */
  public static ActivationLayer relu() {
    return new ActivationLayer(UnaryOp.RELU);
  }

  /** {@code min(6, max(0, x))}. */
  public static ActivationLayer relu6() {
    return new ActivationLayer(UnaryOp.RELU6);
  }

  @Override
  public Variable forward(Variable x) {
    return PointwiseGradients.unary(op, x);
  }
}
