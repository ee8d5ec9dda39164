package io.auxgrad.kernels.cpu.onednn;

/** oneDNN cannot be loaded, or refused a call; the message says which and with what shapes. */
public final class OneDnnException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OneDnnException(String message) {
    super(message);
  }

  OneDnnException(String message, Throwable cause) {
    super(message, cause);
  }
}
