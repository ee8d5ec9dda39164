package io.auxgrad.kernels.cases;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.hostrun.HostGpu;
import java.util.List;

/**
 * Runs the cases of the CUDA kernels under the sanitizers, which end the process at the first find.
 */
public final class SanitizedCases {
  private static final long SEED = 20260101;

  private SanitizedCases() {}

  /** Prints how many cases ran. */
  public static void main(String[] arguments) {
    List<OpCase> cases = Cases.all();
    try (HostGpu gpu = HostGpu.sanitized(HostGpu.Order.SHUFFLED)) {
      CaseCheck check = new CaseCheck(new CudaBackend(gpu), SEED);
      for (OpCase c : cases) {
        require(c, check.forward(c));
        if (c.gradient() != null) {
          require(c, check.gradients(c));
        }
      }
    }
    System.out.println(cases.size() + " cases are clean");
  }

  private static void require(OpCase c, Verdict verdict) {
    if (!verdict.agrees()) {
      throw new AssertionError(c + ": " + verdict.problem());
    }
  }
}
