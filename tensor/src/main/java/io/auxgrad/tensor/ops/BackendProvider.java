package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.Device;

/** Makes the backend of one kind of device; found through {@link java.util.ServiceLoader}. */
public interface BackendProvider {
  /** The kind of device served. */
  Device.Kind kind();

  /**
   * Starts the backend for {@code device}; fails with a message that says what is missing and how
   * to get it.
   */
  Backend create(Device device);
}
