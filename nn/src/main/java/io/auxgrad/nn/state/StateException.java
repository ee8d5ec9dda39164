package io.auxgrad.nn.state;

import java.io.IOException;

/**
 * A state file that is damaged, hostile, or does not fit; the message names the file and what is
 * wrong with it.
 */
public class StateException extends IOException {
  private static final long serialVersionUID = 1L;

  /** With the message for the user. */
  public StateException(String message) {
    super(message);
  }

  /** With the message for the user and what led to it. */
  public StateException(String message, Throwable cause) {
    super(message, cause);
  }
}
