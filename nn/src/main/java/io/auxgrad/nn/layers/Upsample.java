package io.auxgrad.nn.layers;

import io.auxgrad.autograd.ResizeGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Layer;
import io.auxgrad.tensor.ops.ResizeOps;

/** Enlarges {@code [N,H,W,C]} to {@code [N,factor*H,factor*W,C]}, with half-pixel centres. */
public final class Upsample extends Layer {
  private final int factor;
  private final ResizeOps.Mode mode;

  /** By a whole factor, at least 1. */
  public Upsample(int factor, ResizeOps.Mode mode) {
    if (factor < 1) {
      throw new IllegalArgumentException("Upsample: factor " + factor + " must be at least 1");
    }
    this.factor = factor;
    this.mode = mode;
  }

  @Override
  public Variable forward(Variable x) {
    int height = Math.multiplyExact(x.shape().dim(1), factor);
    int width = Math.multiplyExact(x.shape().dim(2), factor);
    return switch (mode) {
      case BILINEAR -> ResizeGradients.bilinear(x, height, width);
      case NEAREST -> ResizeGradients.nearest(x, height, width);
    };
  }
}
