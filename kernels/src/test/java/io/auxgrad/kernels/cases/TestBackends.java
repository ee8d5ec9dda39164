package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.util.List;
import java.util.function.Predicate;

/** The backends that the cases run on. */
final class TestBackends {
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
    return List.of(new NamedBackend("cpu", Backends.cpu(), c -> true));
  }
}
