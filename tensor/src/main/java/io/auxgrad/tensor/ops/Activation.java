package io.auxgrad.tensor.ops;

/** An activation that can be fused into convolution and batch normalisation. */
public enum Activation {
  /** None. */
  IDENTITY,
  /** {@code max(0, x)}. */
  RELU,
  /** {@code min(6, max(0, x))}. */
  RELU6
}
