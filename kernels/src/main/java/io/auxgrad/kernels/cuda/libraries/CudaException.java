package io.auxgrad.kernels.cuda.libraries;

/** CUDA cannot be used here, or refused a call; the message says which and what to do. */
public class CudaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the message for the user. */
  public CudaException(String message) {
    super(message);
  }

  /** With the message for the user and what led to it. */
  public CudaException(String message, Throwable cause) {
    super(message, cause);
  }
}
