package io.auxgrad.nn;

import io.auxgrad.tensor.DType;

/**
 * What a network computes in. Parameters, their gradients, statistics, losses and the state of
 * optimisers are float32 in either: a checkpoint fits both.
 */
public enum Precision {
  /** Everything in float32. */
  FP32(DType.FLOAT32),
  /**
   * Activations and their gradients in bfloat16, which has the range of float32 and 8 significant
   * bits; products are summed in float32. Half of the memory traffic, and faster where the
   * processor {@linkplain io.auxgrad.tensor.ops.Backend#multipliesBfloat16 multiplies bfloat16}.
   */
  BF16(DType.BFLOAT16);

  private final DType activations;

  Precision(DType activations) {
    this.activations = activations;
  }

  /** The element type of the activations. */
  public DType activations() {
    return activations;
  }
}
