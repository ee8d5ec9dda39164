package io.auxgrad.tensor.ops;

import java.util.Locale;

/** Element-wise functions of one argument. */
public enum UnaryOp {
  /** {@code -x}. */
  NEGATE(Derivative.NOTHING),
  /** {@code |x|}, derivative 0 at 0. */
  ABS(Derivative.INPUT),
  /** {@code x^2}. */
  SQUARE(Derivative.INPUT),
  /** {@code sqrt(x)}. */
  SQRT(Derivative.OUTPUT),
  /** {@code 1/x}. */
  RECIPROCAL(Derivative.OUTPUT),
  /** {@code e^x}. */
  EXP(Derivative.OUTPUT),
  /** Natural logarithm. */
  LOG(Derivative.INPUT),
  /** {@code max(0, x)}, derivative 0 at 0. */
  RELU(Derivative.OUTPUT),
  /** {@code min(6, max(0, x))}, derivative 0 at 0 and 6. */
  RELU6(Derivative.OUTPUT),
  /** {@code x} above 0, {@code 0.01 x} below. */
  LEAKY_RELU(Derivative.OUTPUT),
  /** {@code 1/(1+e^-x)}. */
  SIGMOID(Derivative.OUTPUT),
  /** Hyperbolic tangent. */
  TANH(Derivative.OUTPUT),
  /** {@code x * sigmoid(x)} (SiLU, Swish). */
  SILU(Derivative.INPUT),
  /** {@code ln(1+e^x)}, without overflow. */
  SOFTPLUS(Derivative.INPUT),
  /** {@code x * relu6(x+3)/6}. */
  HARD_SWISH(Derivative.INPUT);

  /** What a derivative is computed from, and hence what has to be kept for the backward pass. */
  public enum Derivative {
    /** It is constant. */
    NOTHING,
    /** The input {@code x}. */
    INPUT,
    /** The output {@code y}. */
    OUTPUT
  }

  private final Derivative derivative;
  private final String label = name().toLowerCase(Locale.ROOT);

  UnaryOp(Derivative derivative) {
    this.derivative = derivative;
  }

  /** What the derivative is computed from. */
  public Derivative derivative() {
    return derivative;
  }

  /** Its name in messages. */
  String label() {
    return label;
  }
}
