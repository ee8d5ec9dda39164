package io.auxgrad.mtl;

import io.auxgrad.kernels.FirstGpu;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;

/** The first GPU of the machine, for tests tagged {@code gpu}. */
public final class RealGpu {
  private RealGpu() {}

  /**
   * The backend that {@code --device cuda} takes. Skips the test where there is no GPU; one that is
   * there and does not start fails it.
   */
  public static Backend openOrSkip() {
    FirstGpu.openOrSkip().close();
    return Backends.of(Device.cuda(0));
  }
}
