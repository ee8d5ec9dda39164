package io.auxgrad.kernels.cuda.libraries;

/** A library does not have an op for these arguments on this GPU; another way may. */
public final class UnsupportedByLibraryException extends CudaException {
  private static final long serialVersionUID = 1L;

  /** With the message for the user. */
  public UnsupportedByLibraryException(String message) {
    super(message);
  }
}
