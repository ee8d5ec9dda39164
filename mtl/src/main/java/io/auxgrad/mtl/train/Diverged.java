package io.auxgrad.mtl.train;

/** A loss or gradient that is not finite; the message says which. */
final class Diverged extends Exception {
  private static final long serialVersionUID = 1L;

  Diverged(String message) {
    super(message);
  }
}
