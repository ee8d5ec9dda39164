package io.auxgrad.autograd;

/** While open, nothing is recorded on this thread; see {@link Tape#noGrad}. */
public final class NoGrad implements AutoCloseable {
  private final Tape suspended = Tape.swap(null);
  private boolean open = true;

  NoGrad() {}

  /** Continues to record on the tape that was open before, if any. */
  @Override
  public void close() {
    if (open) {
      open = false;
      Tape.swap(suspended);
    }
  }
}
