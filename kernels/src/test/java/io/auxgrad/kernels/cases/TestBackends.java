package io.auxgrad.kernels.cases;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.hostrun.HostGpu;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.util.ArrayList;
import java.util.List;

/**
 * The backends that the cases run on: the CPU, and where there is a compiler the kernels of the GPU
 * on the host, with their threads in each order.
 */
final class TestBackends {
  private static final List<NamedBackend> ALL = find();

  private TestBackends() {}

  /**
   * A backend under test.
   *
   * @param name what tests show
   * @param backend the backend
   */
  record NamedBackend(String name, Backend backend) {}

  static List<NamedBackend> all() {
    return ALL;
  }

  private static List<NamedBackend> find() {
    List<NamedBackend> backends = new ArrayList<>();
    backends.add(new NamedBackend("cpu", Backends.cpu()));
    if (HostGpu.available()) {
      for (HostGpu.Order order : HostGpu.Order.values()) {
        backends.add(new NamedBackend("host-run " + order, new CudaBackend(new HostGpu(order))));
      }
    }
    return backends;
  }
}
