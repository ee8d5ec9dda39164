package io.auxgrad.tensor.ops;

/** Element-wise functions of two arguments. */
public enum BinaryOp {
  /** {@code a + b}. */
  ADD,
  /** {@code a - b}. */
  SUBTRACT,
  /** {@code a * b}. */
  MULTIPLY,
  /** {@code a / b}. */
  DIVIDE,
  /** The larger one. */
  MAXIMUM,
  /** The smaller one. */
  MINIMUM
}
