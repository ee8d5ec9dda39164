package io.auxgrad.mtl;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.hostrun.HostGpu;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;

/**
 * The kernels of the GPU, compiled by g++ and run on the host. They are devices that no command
 * line names, so that {@code cuda:0} stays what it is on this machine.
 */
public final class StandInGpu {
  private StandInGpu() {}

  /** Whether this machine has what it takes. */
  public static boolean available() {
    return HostGpu.available();
  }

  /** Blocks and threads have their turn one after the other. */
  public static Backend inOrder() {
    return InOrder.BACKEND;
  }

  /** Blocks and threads have their turn as it looks by chance. */
  public static Backend shuffled() {
    return Shuffled.BACKEND;
  }

  private static final class InOrder {
    static final Backend BACKEND = start(HostGpu.Order.FORWARD, 1);
  }

  private static final class Shuffled {
    static final Backend BACKEND = start(HostGpu.Order.SHUFFLED, 2);
  }

  private static Backend start(HostGpu.Order order, int index) {
    Backend backend = new CudaBackend(new HostGpu(order, index));
    Backends.use(backend);
    return backend;
  }
}
