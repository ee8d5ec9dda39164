package io.auxgrad.kernels.cases;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.hostrun.HostGpu;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Runs the cases of the CUDA kernels under the sanitizers, which end the process at the first find.
 */
public final class SanitizedCases {
  private static final long SEED = 20260101;

  private SanitizedCases() {}

  /** Every {@code n}-th case from the {@code k}-th on: {@code k n}. Prints how many ran. */
  public static void main(String[] arguments) {
    int first = Integer.parseInt(arguments[0]);
    int step = Integer.parseInt(arguments[1]);
    List<OpCase> all = Cases.all();
    List<OpCase> mine =
        IntStream.iterate(first, i -> i < all.size(), i -> i + step).mapToObj(all::get).toList();
    int cases;
    try (HostGpu gpu = HostGpu.sanitized(HostGpu.Order.SHUFFLED)) {
      cases = GpuCases.run(new CaseCheck(new CudaBackend(gpu), SEED), mine, System.out);
    }
    System.out.println(cases + " cases are clean");
  }
}
