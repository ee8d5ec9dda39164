package io.auxgrad.tensor.ops;

import java.util.Locale;

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
  MINIMUM;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** Its name in messages. */
  String label() {
    return label;
  }
}
