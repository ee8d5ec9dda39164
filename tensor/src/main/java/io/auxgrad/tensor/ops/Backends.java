package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;

/** The backends of this process, one per device, started at first use. */
public final class Backends {
  private static final ConcurrentHashMap<Device, Backend> STARTED = new ConcurrentHashMap<>();

  private Backends() {}

  /** The CPU backend. */
  public static Backend cpu() {
    return of(Device.CPU);
  }

  /** The backend of {@code device}. */
  public static Backend of(Device device) {
    Backend backend = STARTED.get(device);
    return backend != null ? backend : STARTED.computeIfAbsent(device, Backends::start);
  }

  /** The backend of the device that holds {@code tensor}. */
  public static Backend of(Tensor tensor) {
    return of(tensor.device());
  }

  /**
   * Serves the device that {@code backend}'s memory is on with it, rather than with what a provider
   * would start: for a backend that was made by hand. It stays the caller's to close.
   *
   * @throws IllegalStateException if the device has a backend already
   */
  public static void use(Backend backend) {
    Device device = backend.memory().device();
    Backend before = STARTED.putIfAbsent(device, backend);
    if (before != null && before != backend) {
      throw new IllegalStateException(
          "device %s has a backend already: %s".formatted(device, before.describe()));
    }
  }

  private static Backend start(Device device) {
    for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
      if (provider.kind() == device.kind()) {
        return provider.create(device);
      }
    }
    throw new TensorException(
        "no backend for device " + device + " on the class path: add io.auxgrad:auxgrad-kernels");
  }
}
