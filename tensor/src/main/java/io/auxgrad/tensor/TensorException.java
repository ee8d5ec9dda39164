package io.auxgrad.tensor;

/**
 * A wrong shape, dtype, device or argument of a tensor operation; the message says which and what
 * to do.
 */
public class TensorException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** With the message for the user. */
  public TensorException(String message) {
    super(message);
  }

  /** With the message for the user and what led to it. */
  public TensorException(String message, Throwable cause) {
    super(message, cause);
  }
}
