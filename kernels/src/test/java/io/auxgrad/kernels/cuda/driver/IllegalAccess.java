package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.Surroundings;

/** Has a kernel read where nothing is, and prints what it is told. */
public final class IllegalAccess {
  static final int TOLD = 42;

  private static final long NOWHERE = 64;

  private IllegalAccess() {}

  /** Ends the process with {@link #TOLD} if there was an exception of ours. */
  public static void main(String[] arguments) {
    CudaGpu gpu = CudaGpu.open(CudaLibraries.find(Surroundings.ofProcess()), 0);
    try {
      gpu.kernel("pointwise.cu", "relu_f32")
          .begin()
          .put(NOWHERE)
          .put(NOWHERE)
          .put(1024L)
          .launch(1024, 4);
      gpu.synchronize();
    } catch (CudaException e) {
      System.out.println(e.getMessage());
      System.exit(TOLD);
    }
  }
}
