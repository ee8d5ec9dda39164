package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.run.EpochRow;
import io.auxgrad.mtl.train.TrainingListener;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress as a bar that is redrawn, for people at a terminal. */
final class BarProgress implements TrainingListener {
  private static final int REFRESH_MILLIS = 250;

  private final Output output;
  private final Pace pace = new Pace();
  private ProgressBar bar;

  BarProgress(Output output) {
    this.output = output;
  }

  @Override
  public void begins(long step, long steps) {
    pace.begin(step, steps);
    bar =
        new ProgressBarBuilder()
            .setTaskName("training")
            .setInitialMax(steps)
            .startsFrom(step, Duration.ZERO)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(REFRESH_MILLIS)
            .hideEta()
            .setConsumer(new ConsoleProgressBarConsumer(output.err()))
            .build();
  }

  @Override
  public void step(Step step) {
    pace.add(step);
    bar.stepTo(step.step());
    bar.setExtraMessage(pace.rateAndRemaining() + "  " + pace.losses());
  }

  @Override
  public void epoch(EpochRow row, boolean selected) {
    bar.pause();
    // The bar's own line is overwritten and drawn again below.
    output.note("\r" + EpochLine.of(row, selected) + "\033[K");
    bar.resume();
  }

  @Override
  public void ends() {
    bar.close();
  }
}
