package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.Device;
import java.util.stream.Stream;

/**
 * Looks at what one kind of device needs on the machine at hand, part by part: drivers, libraries,
 * whether it computes, how fast it copies. Found through {@link java.util.ServiceLoader}, beside
 * the backends.
 */
public interface Inspection {
  /** The kind of device. */
  Device.Kind kind();

  /**
   * What is found, each when the stream comes to it. Never throws: what fails is a finding.
   *
   * @param wanted whether somebody asked for this device; one that is not there is then {@link
   *     Finding.Level#BROKEN}, else {@link Finding.Level#ABSENT}
   */
  Stream<Finding> inspect(boolean wanted);
}
