package io.auxgrad.kernels.cases;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.hostrun.HostGpu;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The backends that the cases run on: the CPU, and where there is a compiler the kernels of the GPU
 * on the host, with their threads in each order.
 */
final class TestBackends {
  /** Families that the CUDA backend has. */
  private static final Set<String> ON_CUDA =
      Set.of(
          "convolution",
          "matmul",
          "pointwise",
          "reduction",
          "optimizer",
          "indexing",
          "loss",
          "image",
          "metric",
          "pooling",
          "resize");

  private static final List<NamedBackend> ALL = find();

  private TestBackends() {}

  /**
   * A backend under test.
   *
   * @param name what tests show
   * @param backend the backend
   * @param supports the cases that it has the ops for
   */
  record NamedBackend(String name, Backend backend, Predicate<OpCase> supports) {}

  static List<NamedBackend> all() {
    return ALL;
  }

  /** Whether the CUDA backend has the ops of {@code c}. */
  static boolean onCuda(OpCase c) {
    return ON_CUDA.contains(c.family());
  }

  private static List<NamedBackend> find() {
    List<NamedBackend> backends = new ArrayList<>();
    backends.add(new NamedBackend("cpu", Backends.cpu(), _ -> true));
    if (HostGpu.available()) {
      for (HostGpu.Order order : HostGpu.Order.values()) {
        backends.add(
            new NamedBackend(
                "host-run " + order, new CudaBackend(new HostGpu(order)), TestBackends::onCuda));
      }
    }
    return backends;
  }
}
