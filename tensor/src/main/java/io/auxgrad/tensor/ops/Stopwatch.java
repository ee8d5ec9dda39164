package io.auxgrad.tensor.ops;

/**
 * Times stretches of a device's work by the clock of that device, and waits for it only when the
 * times are asked for: a device that has fallen behind the host stays busy meanwhile.
 */
public interface Stopwatch extends AutoCloseable {
  /** A stretch begins behind all that the device was asked for. */
  void start();

  /** It ends behind all that the device was asked for since. */
  void stop();

  /**
   * Waits for the end of the last stretch.
   *
   * @return the seconds of each stretch since this was last asked, in their order
   */
  double[] seconds();

  @Override
  void close();

  /** By the clock of the host, for a device that is done when a call returns. */
  static Stopwatch ofHost() {
    return new HostStopwatch();
  }
}
