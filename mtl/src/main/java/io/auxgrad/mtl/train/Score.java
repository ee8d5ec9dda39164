package io.auxgrad.mtl.train;

import java.util.Map;

/**
 * The one figure that epochs are selected by: the mean over the tasks of how far the network is on
 * the way from the trivial predictor (0) to perfection (1).
 *
 * <ul>
 *   <li>segmentation: {@code (miou - trivial) / (1 - trivial)}
 *   <li>depth: {@code 1 - rmse / trivial}
 *   <li>normals: {@code 1 - mean angle / trivial}
 * </ul>
 *
 * <p>It is below 0 where the network is worse than the trivial predictor.
 */
public final class Score {
  private final Map<String, Double> trivial;

  /** Measures against the metrics of the trivial predictors on the same split, by flat name. */
  public Score(Map<String, Double> trivial) {
    this.trivial = Map.copyOf(trivial);
  }

  /**
   * The score of {@code metrics}, flat names like {@code depth.rmse}; tasks that are absent do not
   * count.
   */
  public double of(Map<String, Double> metrics) {
    double sum = 0;
    int tasks = 0;
    if (metrics.containsKey("segmentation.miou")) {
      double floor = trivial.get("segmentation.miou");
      sum += (metrics.get("segmentation.miou") - floor) / (1 - floor);
      tasks++;
    }
    for (String error : new String[] {"depth.rmse", "normals.mean"}) {
      if (metrics.containsKey(error)) {
        sum += 1 - metrics.get(error) / trivial.get(error);
        tasks++;
      }
    }
    return sum / tasks;
  }
}
