package io.auxgrad.mtl.train;

import io.auxgrad.mtl.run.EpochRow;
import java.util.SequencedMap;

/** Is told how a training goes on. All methods are called on the training's thread. */
public interface TrainingListener {
  /**
   * A step that has been made.
   *
   * @param epoch the epoch, from 1
   * @param step steps made so far, in all epochs
   * @param losses by name, unweighted
   * @param seconds that it took
   * @param images it learned from
   */
  record Step(
      int epoch, long step, SequencedMap<String, Double> losses, double seconds, int images) {}

  /** The training begins, or goes on, after {@code step} of {@code steps}. */
  void begins(long step, long steps);

  /** A step was made. */
  void step(Step step);

  /** An epoch ended; {@code selected} if its weights are the best so far. */
  void epoch(EpochRow row, boolean selected);

  /** No more steps will be made. */
  void ends();
}
