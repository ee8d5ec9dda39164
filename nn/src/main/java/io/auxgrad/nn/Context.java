package io.auxgrad.nn;

import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;

/**
 * What layers are made with: where their parameters live and where their random numbers come from.
 *
 * <p>The same seed and the same order of construction give the same parameters, byte for byte.
 *
 * @param backend the device that holds the parameters
 * @param random draws the initial values, and one stream for each pass through a {@code Dropout};
 *     {@link RandomState} saves and restores it
 */
public record Context(Backend backend, Philox random) {
  /** Parameters on the CPU, random numbers from the first stream of {@code seed}. */
  public static Context cpu(long seed) {
    return new Context(Backends.cpu(), new Philox(seed, 0));
  }

  /** The memory of the backend's device. */
  public DeviceMemory memory() {
    return backend.memory();
  }
}
