package io.auxgrad.nn.layers;

import io.auxgrad.autograd.PoolingGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Layer;

/** The mean of each image and channel: {@code [N,H,W,C] -> [N,1,1,C]}. */
public final class GlobalPool extends Layer {
  @Override
  public Variable forward(Variable x) {
    return PoolingGradients.globalPool(x);
  }
}
