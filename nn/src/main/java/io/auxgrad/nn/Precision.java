package io.auxgrad.nn;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.ops.MathMode;

/**
 * What a network computes in. Parameters, their gradients, statistics, losses and the state of
 * optimisers are float32 in each: a checkpoint fits all.
 */
public enum Precision {
  /** Everything in float32. */
  FP32(DType.FLOAT32, MathMode.FP32),
  /**
   * As {@link #FP32}, but factors of convolutions and matrix products may be rounded to TF32, with
   * 11 significant bits. For devices that {@linkplain io.auxgrad.tensor.ops.Backend#multipliesTf32
   * multiply} it alone.
   */
  TF32(DType.FLOAT32, MathMode.TF32),
  /**
   * Activations and their gradients in bfloat16, which has the range of float32 and 8 significant
   * bits; products are summed in float32. Half of the memory traffic, and faster where the
   * processor {@linkplain io.auxgrad.tensor.ops.Backend#multipliesBfloat16 multiplies bfloat16}.
   */
  BF16(DType.BFLOAT16, MathMode.FP32);

  private final DType activations;
  private final MathMode math;

  Precision(DType activations, MathMode math) {
    this.activations = activations;
    this.math = math;
  }

  /** The element type of the activations. */
  public DType activations() {
    return activations;
  }

  /** What float32 may be multiplied as. */
  public MathMode math() {
    return math;
  }
}
