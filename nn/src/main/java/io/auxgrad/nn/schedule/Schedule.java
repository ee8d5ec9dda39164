package io.auxgrad.nn.schedule;

/**
 * What a learning rate is multiplied with at each step; steps count from 0.
 *
 * <pre>{@code
 * Schedule schedule = Schedule.warmUp(500, 0.1).then(500, Schedule.poly(20_000, 0.9));
 * optimizer.scaleLearningRates(schedule.factor(step));
 * }</pre>
 *
 * <p>A schedule is a function of the step alone, so a run that resumes needs nothing but the step.
 */
@FunctionalInterface
public interface Schedule {
  /** The factor at {@code step}, from 0. */
  double factor(long step);

  /** Always 1. */
  static Schedule constant() {
    return step -> 1;
  }

  /** {@code gamma^floor(step / every)}. */
  static Schedule step(long every, double gamma) {
    positive("every", every);
    return step -> Math.pow(gamma, Math.floorDiv(step, every));
  }

  /** {@code gamma} to the number of milestones that are not after the step. */
  static Schedule multiStep(double gamma, long... milestones) {
    long[] copy = milestones.clone();
    return step -> {
      int passed = 0;
      for (long milestone : copy) {
        passed += step >= milestone ? 1 : 0;
      }
      return Math.pow(gamma, passed);
    };
  }

  /**
   * {@code (1 - step / total)^power}, and 0 from {@code total} on (Chen et al., "DeepLab", 2016).
   */
  static Schedule poly(long total, double power) {
    positive("total", total);
    return step -> Math.pow(1 - progress(step, total), power);
  }

  /**
   * Half a cosine from 1 to {@code floor}, and {@code floor} from {@code total} on (Loshchilov and
   * Hutter, "SGDR", 2017, without restarts).
   */
  static Schedule cosine(long total, double floor) {
    positive("total", total);
    return step -> floor + (1 - floor) * (1 + Math.cos(Math.PI * progress(step, total))) / 2;
  }

  /** From {@code start} at step 0 in a straight line to 1 at {@code steps}, then 1. */
  static Schedule warmUp(long steps, double start) {
    positive("steps", steps);
    return step -> start + (1 - start) * progress(step, steps);
  }

  /** This schedule before {@code step}; from there {@code next}, which counts from 0 again. */
  default Schedule then(long step, Schedule next) {
    return at -> at < step ? factor(at) : next.factor(at - step);
  }

  /** The product of both at each step. */
  default Schedule times(Schedule other) {
    return at -> factor(at) * other.factor(at);
  }

  private static double progress(long step, long total) {
    return Math.clamp((double) step / total, 0, 1);
  }

  private static void positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException("schedule: " + name + " " + value + " must be positive");
    }
  }
}
