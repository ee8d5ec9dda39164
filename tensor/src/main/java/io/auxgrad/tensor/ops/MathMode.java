package io.auxgrad.tensor.ops;

/**
 * How products of float32 numbers may be computed, in convolutions and products of matrices. Sums
 * are float32 in any case. It has no say where a factor is bfloat16.
 */
public enum MathMode {
  /** As float32 numbers. */
  FP32,
  /**
   * Factors may be rounded to TF32, which has the range of float32 and 11 significant bits, where
   * the device {@linkplain Backend#multipliesTf32 multiplies} that; elsewhere the same as {@link
   * #FP32}.
   */
  TF32
}
