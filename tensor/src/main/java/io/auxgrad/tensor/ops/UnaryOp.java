package io.auxgrad.tensor.ops;

/** Element-wise functions of one argument. */
public enum UnaryOp {
  /** {@code -x}. */
  NEGATE,
  /** {@code |x|}, derivative 0 at 0. */
  ABS,
  /** {@code x^2}. */
  SQUARE,
  /** {@code sqrt(x)}. */
  SQRT,
  /** {@code 1/x}. */
  RECIPROCAL,
  /** {@code e^x}. */
  EXP,
  /** Natural logarithm. */
  LOG,
  /** {@code max(0, x)}, derivative 0 at 0. */
  RELU,
  /** {@code min(6, max(0, x))}, derivative 0 at 0 and 6. */
  RELU6,
  /** {@code x} above 0, {@code 0.01 x} below. */
  LEAKY_RELU,
  /** {@code 1/(1+e^-x)}. */
  SIGMOID,
  /** Hyperbolic tangent. */
  TANH,
  /** {@code x * sigmoid(x)} (SiLU, Swish). */
  SILU,
  /** {@code ln(1+e^x)}, without overflow. */
  SOFTPLUS,
  /** {@code x * relu6(x+3)/6}. */
  HARD_SWISH
}
