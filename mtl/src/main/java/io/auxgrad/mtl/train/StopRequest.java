package io.auxgrad.mtl.train;

/** A wish, from any thread, that a training ends after the step in work, with a checkpoint. */
public final class StopRequest {
  private volatile boolean made;

  /** Not made yet. */
  public StopRequest() {}

  /** Makes it. */
  public void make() {
    made = true;
  }

  /** Whether it was made. */
  public boolean isMade() {
    return made;
  }
}
