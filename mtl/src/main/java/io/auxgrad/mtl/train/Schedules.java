package io.auxgrad.mtl.train;

import io.auxgrad.mtl.config.ScheduleConfig;
import io.auxgrad.nn.schedule.Schedule;

/** Makes the schedule of a configuration. */
final class Schedules {
  private Schedules() {}

  /** Over {@code epochs} of {@code perEpoch} steps; the warm-up multiplies the beginning. */
  static Schedule of(ScheduleConfig config, long perEpoch, int epochs) {
    long total = Math.max(1, perEpoch * epochs);
    Schedule shape =
        switch (config.method()) {
          case CONSTANT -> Schedule.constant();
          case POLY -> Schedule.poly(total, config.power());
          case COSINE -> Schedule.cosine(total, 0);
          case STEP -> Schedule.step(perEpoch * config.every(), config.factor());
        };
    int warmup = config.warmupSteps();
    return warmup == 0 ? shape : Schedule.warmUp(warmup, 1.0 / (warmup + 1)).times(shape);
  }
}
