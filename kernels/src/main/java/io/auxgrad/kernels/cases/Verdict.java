package io.auxgrad.kernels.cases;

/**
 * How a result compares with its reference.
 *
 * @param error the error of the worst element, the one with the most error for what it is allowed;
 *     infinite where there is no number to compare
 * @param allowed the error that this element may have
 * @param problem what is wrong with the worst element; empty if the result agrees
 */
public record Verdict(double error, double allowed, String problem) {
  /** Whether no element has more error than it may have. */
  public boolean agrees() {
    return problem.isEmpty();
  }
}
