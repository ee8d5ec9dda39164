package io.auxgrad.mtl.config;

/**
 * How the learning rate changes over the steps.
 *
 * @param method shape after the warm-up
 * @param warmupSteps steps of linear rise from near 0
 * @param power exponent of poly
 * @param every epochs between the drops of step
 * @param factor of each drop of step
 */
public record ScheduleConfig(
    Method method, int warmupSteps, double power, int every, double factor) {
  /** Known shapes. */
  public enum Method {
    /** Unchanged. */
    CONSTANT,
    /** {@code (1 - step/steps)^power}. */
    POLY,
    /** Half a cosine down to 0. */
    COSINE,
    /** Times {@code factor} every {@code every} epochs. */
    STEP
  }

  /** Checks the range. */
  public ScheduleConfig {
    Require.atLeast("schedule.warmup_steps", warmupSteps, 0);
    Require.positive("schedule.power", power);
    Require.atLeast("schedule.every", every, 1);
    Require.between("schedule.factor", factor, 1e-6, 1);
  }
}
