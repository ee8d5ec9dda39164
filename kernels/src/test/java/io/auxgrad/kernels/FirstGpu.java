package io.auxgrad.kernels;

import static org.junit.jupiter.api.Assumptions.abort;

import io.auxgrad.kernels.cuda.driver.CudaGpu;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.CudaLibrary;
import io.auxgrad.kernels.cuda.libraries.Finding;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import java.util.List;

/** The first GPU of the machine, for tests tagged {@code gpu}. */
public final class FirstGpu {
  private static final List<CudaLibrary> NEEDED = List.of(CudaLibrary.DRIVER, CudaLibrary.NVRTC);

  private FirstGpu() {}

  /**
   * It, to be closed by the caller. Skips the test where there is none or a library is missing; one
   * that is there and does not start fails it.
   */
  public static CudaGpu openOrSkip() {
    CudaLibraries libraries = CudaLibraries.find(Surroundings.ofProcess());
    for (CudaLibrary needed : NEEDED) {
      if (libraries.finding(needed) instanceof Finding.Missing missing) {
        abort("no GPU to test: " + missing.reason().lines().findFirst().orElseThrow());
      }
    }
    GpuDriver.whyNoGpu().ifPresent(reason -> abort("no GPU to test: " + reason));
    return CudaGpu.open(libraries, 0);
  }

  /** It, to be closed by the caller, or an exception. */
  public static CudaGpu open() {
    return CudaGpu.open(CudaLibraries.find(Surroundings.ofProcess()), 0);
  }
}
