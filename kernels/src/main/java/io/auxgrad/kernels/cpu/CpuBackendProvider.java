package io.auxgrad.kernels.cpu;

import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.BackendProvider;

/** Starts the CPU backend on the threads that the user asked for, or on all processors. */
public final class CpuBackendProvider implements BackendProvider {
  private static final String PROPERTY = "auxgrad.threads";
  private static final String VARIABLE = "AUXGRAD_THREADS";

  /** For {@link java.util.ServiceLoader}. */
  public CpuBackendProvider() {}

  @Override
  public Device.Kind kind() {
    return Device.Kind.CPU;
  }

  /**
   * Threads: system property {@code auxgrad.threads}, else environment {@code AUXGRAD_THREADS},
   * else the processors.
   */
  @Override
  public Backend create(Device device) {
    if (device.index() != 0) {
      throw new TensorException("device " + device + " does not exist: there is one cpu, number 0");
    }
    return new CpuBackend(threads(System.getProperty(PROPERTY), System.getenv(VARIABLE)));
  }

  static int threads(String property, String variable) {
    if (property != null) {
      return parse("-D" + PROPERTY, property);
    }
    return variable != null
        ? parse(VARIABLE, variable)
        : Runtime.getRuntime().availableProcessors();
  }

  private static int parse(String name, String text) {
    try {
      int threads = Integer.parseInt(text.strip());
      if (threads > 0) {
        return threads;
      }
    } catch (NumberFormatException e) {
      throw new TensorException(name + "=" + text + " is not a number of threads", e);
    }
    throw new TensorException(name + "=" + text + " must be at least 1");
  }
}
