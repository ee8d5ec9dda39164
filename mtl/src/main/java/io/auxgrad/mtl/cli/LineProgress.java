package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.run.EpochRow;
import io.auxgrad.mtl.train.TrainingListener;

/**
 * Progress as plain lines, for pipes and log files: one for the first step, one every ten seconds,
 * one per epoch.
 */
final class LineProgress implements TrainingListener {
  private static final double INTERVAL = 10;

  private final Output output;
  private final Pace pace = new Pace();
  private double sinceLine;
  private boolean begun;

  LineProgress(Output output) {
    this.output = output;
  }

  @Override
  public void begins(long step, long steps) {
    pace.begin(step, steps);
    output.note(
        step == 0
            ? "training: %d steps".formatted(steps)
            : "training goes on after step %d of %d".formatted(step, steps));
  }

  @Override
  public void step(Step step) {
    pace.add(step);
    sinceLine += step.seconds();
    if (!begun) {
      begun = true;
      output.note("step %d/%d  %s".formatted(step.step(), pace.steps(), pace.losses()));
    } else if (sinceLine >= INTERVAL) {
      sinceLine = 0;
      output.note(
          "step %d/%d  %s  %s"
              .formatted(step.step(), pace.steps(), pace.losses(), pace.rateAndRemaining()));
    }
  }

  @Override
  public void epoch(EpochRow row, boolean selected) {
    output.note(EpochLine.of(row, selected));
  }

  @Override
  public void ends() {}
}
