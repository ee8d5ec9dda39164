package io.auxgrad.mtl.config;

/**
 * How the tasks' losses become one.
 *
 * @param method the strategy
 */
public record WeightingConfig(Method method) {
  /** Known strategies. */
  public enum Method {
    /** The weights under {@code tasks}, unchanged. */
    FIXED,
    /** Learned uncertainty (Kendall, Gal, Cipolla, 2018). */
    UNCERTAINTY,
    /** Learned, with a regulariser that stays positive (Liebel, Koerner, arXiv 1805.06334). */
    BOUNDED
  }
}
