package io.auxgrad.kernels.cases;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.hostrun.HostGpu;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The backends that the cases run on: the CPU, and where there is a compiler the kernels of the GPU
 * on the host, with their threads in each order.
 */
final class TestBackends {
  private static final NamedBackend CPU = new NamedBackend("cpu", Backends.cpu());
  private static final List<NamedBackend> HOST_RUN = findHostRun();

  private TestBackends() {}

  /**
   * A backend under test.
   *
   * @param name what tests show
   * @param backend the backend
   */
  record NamedBackend(String name, Backend backend) {}

  static NamedBackend cpu() {
    return CPU;
  }

  /** One for each order of threads; none without a compiler. */
  static List<NamedBackend> hostRun() {
    return HOST_RUN;
  }

  static List<NamedBackend> all() {
    return Stream.concat(Stream.of(CPU), HOST_RUN.stream()).toList();
  }

  private static List<NamedBackend> findHostRun() {
    if (!HostGpu.available()) {
      return List.of();
    }
    return Arrays.stream(HostGpu.Order.values())
        .map(order -> new NamedBackend("host-run " + order, new CudaBackend(new HostGpu(order))))
        .toList();
  }
}
