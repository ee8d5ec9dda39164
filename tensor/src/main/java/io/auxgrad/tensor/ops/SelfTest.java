package io.auxgrad.tensor.ops;

import java.util.stream.Stream;

/**
 * Proves a backend on the machine at hand: each op against a reference of its own. Found through
 * {@link java.util.ServiceLoader}, beside the backends.
 */
public interface SelfTest {
  /**
   * The checks of {@code backend}'s ops. Each runs when the stream comes to it, so that a caller
   * can show what is done; a check that fails does not end the stream.
   */
  Stream<Check> run(Backend backend);

  /** How a check ended. */
  enum Outcome {
    /** Every number is right within its allowed error. */
    PASSED,
    /** A number is wrong, or the op ended with an exception. */
    FAILED,
    /** The backend does not have this op: it threw {@link UnsupportedOperationException}. */
    UNSUPPORTED
  }

  /**
   * One op at one size, forward or backward.
   *
   * @param family the family of ops, such as {@code convolution}
   * @param name direction, op and shapes
   * @param outcome how it ended
   * @param error the error of the worst number; infinite where there was none to compare
   * @param allowed the error that this number may have
   * @param seconds how long it took, most of it for the reference
   * @param problem what is wrong, or not supported; empty if it passed
   */
  record Check(
      String family,
      String name,
      Outcome outcome,
      double error,
      double allowed,
      double seconds,
      String problem) {}
}
