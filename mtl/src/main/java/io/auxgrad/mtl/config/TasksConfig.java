package io.auxgrad.mtl.config;

/**
 * What is predicted. At least one task is on.
 *
 * @param segmentation a class per pixel
 * @param depth metres per pixel
 * @param normals a unit vector per pixel
 */
public record TasksConfig(Segmentation segmentation, Depth depth, Normals normals) {
  /** How classes are weighted in the segmentation loss. */
  public enum ClassWeights {
    /** All alike. */
    NONE,
    /** By {@code 1 / ln(1.02 + share of pixels)} (Paszke et al., 2016), scaled to a mean of 1. */
    LOG
  }

  /** Losses of the depth task. */
  public enum DepthLoss {
    /** Mean absolute error. */
    L1,
    /** Mean squared error. */
    L2,
    /** Reverse Huber (Laina et al., 2016). */
    BERHU
  }

  /**
   * Semantic segmentation, by cross-entropy.
   *
   * @param enabled whether it takes part
   * @param weight of its loss under fixed weighting
   * @param classWeights how classes are weighted
   */
  public record Segmentation(boolean enabled, double weight, ClassWeights classWeights) {
    /** Checks the range. */
    public Segmentation {
      Require.notNegative("tasks.segmentation.weight", weight);
    }
  }

  /**
   * Depth.
   *
   * @param enabled whether it takes part
   * @param weight of its loss under fixed weighting
   * @param loss which one
   */
  public record Depth(boolean enabled, double weight, DepthLoss loss) {
    /** Checks the range. */
    public Depth {
      Require.notNegative("tasks.depth.weight", weight);
    }
  }

  /**
   * Surface normals, by the cosine loss.
   *
   * @param enabled whether it takes part
   * @param weight of its loss under fixed weighting
   */
  public record Normals(boolean enabled, double weight) {
    /** Checks the range. */
    public Normals {
      Require.notNegative("tasks.normals.weight", weight);
    }
  }

  /** Checks that something is left to learn. */
  public TasksConfig {
    if (!segmentation.enabled() && !depth.enabled() && !normals.enabled()) {
      throw new ConfigException("tasks", "are all off; enable at least one");
    }
  }
}
