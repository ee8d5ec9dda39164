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
