package io.auxgrad.kernels.cuda.libraries;

/** A library fails for want of memory or of one of its parts: it may serve another time. */
public final class TemporaryFailureException extends CudaException {
  private static final long serialVersionUID = 1L;

  /** With the message for the user. */
  public TemporaryFailureException(String message) {
    super(message);
  }
}
