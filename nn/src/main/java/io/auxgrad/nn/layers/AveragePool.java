package io.auxgrad.nn.layers;

import io.auxgrad.autograd.PoolingGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Layer;
import io.auxgrad.tensor.ops.Pool2dSpec;

/** The mean of each window over the values inside the image: {@code [N,H,W,C] -> [N,OH,OW,C]}. */
public final class AveragePool extends Layer {
  private final Pool2dSpec spec;

  /** A square window; the padding is not counted. */
  public AveragePool(int kernel, int stride, int padding) {
    spec = new Pool2dSpec(kernel, stride, padding);
  }

  @Override
  public Variable forward(Variable x) {
    return PoolingGradients.averagePool(x, spec);
  }
}
