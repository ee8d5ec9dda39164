package io.auxgrad.kernels.cases;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.hostrun.HostGpu;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What the cases run on: the CPU, and the kernels of the GPU on the host in either order. */
final class TestBackends {
  private static final List<Target> ALL = find();
  private static final Set<String> FAMILIES = Set.of("pointwise", "image", "metric");

  private TestBackends() {}

  /**
   * A backend by its name.
   *
   * @param name what is shown
   * @param backend that runs the cases
   */
  record Target(String name, Backend backend) {
    boolean supports(OpCase c) {
      return backend == Backends.cpu()
          || c.covers().stream().allMatch(o -> FAMILIES.contains(o.substring(0, o.indexOf('.'))));
    }
  }

  static List<Target> all() {
    return ALL;
  }

  private static List<Target> find() {
    List<Target> targets = new ArrayList<>();
    targets.add(new Target("cpu", Backends.cpu()));
    if (HostGpu.available()) {
      for (HostGpu.Order order : HostGpu.Order.values()) {
        targets.add(new Target("host-run " + order, new CudaBackend(new HostGpu(order))));
      }
    }
    return targets;
  }
}
