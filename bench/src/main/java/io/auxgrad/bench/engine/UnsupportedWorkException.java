package io.auxgrad.bench.engine;

import java.io.Serial;

/** An engine lacks what a benchmark asks for; the message says why. */
public final class UnsupportedWorkException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  /** With the reason. */
  public UnsupportedWorkException(String reason) {
    super(reason);
  }
}
