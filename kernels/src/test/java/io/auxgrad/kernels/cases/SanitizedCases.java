package io.auxgrad.kernels.cases;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.hostrun.HostGpu;

/**
 * Runs the cases of the CUDA kernels under the sanitizers, which end the process at the first find.
 */
public final class SanitizedCases {
  private static final long SEED = 20260101;

  private SanitizedCases() {}

  /** Prints how many cases ran. */
  public static void main(String[] arguments) {
    int cases;
    try (HostGpu gpu = HostGpu.sanitized(HostGpu.Order.SHUFFLED)) {
      cases = GpuCases.run(new CaseCheck(new CudaBackend(gpu), SEED), Cases.all());
    }
    System.out.println(cases + " cases are clean");
  }
}
