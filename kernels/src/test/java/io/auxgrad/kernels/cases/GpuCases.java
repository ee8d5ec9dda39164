package io.auxgrad.kernels.cases;

import io.auxgrad.kernels.FirstGpu;
import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.driver.CudaGpu;
import java.util.List;

/** Runs the ops of the cases on the first GPU, for tools that watch a process. */
public final class GpuCases {
  private static final long SEED = 20260101;

  private GpuCases() {}

  /** Those whose names contain the argument; prints how many ran. */
  public static void main(String[] arguments) {
    String part = arguments.length == 0 ? "" : arguments[0];
    List<OpCase> cases = Cases.all().stream().filter(c -> c.toString().contains(part)).toList();
    try (CudaGpu gpu = FirstGpu.open()) {
      System.out.println(run(new CaseCheck(new CudaBackend(gpu), SEED), cases) + " cases ran");
    }
  }

  /** Fails at the first case that is wrong; returns how many there were. */
  static int run(CaseCheck check, List<OpCase> cases) {
    for (OpCase c : cases) {
      require(c, check.forward(c));
      require(c, check.gradients(c));
    }
    return cases.size();
  }

  private static void require(OpCase c, Verdict verdict) {
    if (!verdict.agrees()) {
      throw new AssertionError(c + ": " + verdict.problem());
    }
  }
}
