package io.auxgrad.mtl.config;

/**
 * How long, and what is saved when.
 *
 * @param epochs passes over the training split
 * @param batch images per step
 * @param validateEvery epochs between validations; the last epoch is always validated
 * @param checkpointEvery steps between checkpoints within an epoch; 0 for one at each epoch's end
 *     only
 * @param ema decay per step of the averaged weights that are validated and deployed; 0 for none
 * @param checkpointing whether the encoder's blocks are computed again in the backward pass instead
 *     of kept, for less memory and more time
 * @param capture whether steps and evaluations are recorded once and replayed; the result is the
 *     same
 */
public record TrainConfig(
    int epochs,
    int batch,
    int validateEvery,
    int checkpointEvery,
    double ema,
    boolean checkpointing,
    Capture capture) {
  /** What of a training is recorded and replayed. */
  public enum Capture {
    /** Steps; on a GPU evaluations too. */
    AUTO,
    /** Steps and evaluations. */
    ALWAYS,
    /** Nothing: every op is called anew. */
    NEVER
  }

  /** Checks the range. */
  public TrainConfig {
    Require.between("train.epochs", epochs, 0, 1_000_000);
    Require.between("train.batch", batch, 1, 4096);
    Require.atLeast("train.validate_every", validateEvery, 1);
    Require.atLeast("train.checkpoint_every", checkpointEvery, 0);
    Require.between("train.ema", ema, 0, 0.999999);
    // Runs that were begun before there was a choice have no word on it.
    capture = capture == null ? Capture.AUTO : capture;
  }
}
