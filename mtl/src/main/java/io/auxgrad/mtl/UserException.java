package io.auxgrad.mtl;

/**
 * Something only the user can put right: a wrong value, file or folder.
 *
 * <p>The message is one line that names the value, where it stands, and the remedy; the command
 * line prints it alone and ends with exit code 1.
 */
public class UserException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the line for the user. */
  public UserException(String message) {
    super(message);
  }

  /** With the line for the user and what led to it. */
  public UserException(String message, Throwable cause) {
    super(message, cause);
  }
}
