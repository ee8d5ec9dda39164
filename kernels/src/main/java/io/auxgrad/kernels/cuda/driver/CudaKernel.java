package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.launch.Kernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** A kernel that was loaded onto the GPU. A launch copies its arguments and allocates nothing. */
final class CudaKernel extends Kernel {
  private static final int UNKNOWN = -1;

  private final Stream stream;
  private final Context context;
  private final Driver driver;
  private final Calls calls;
  private final boolean waits;
  private final long function;
  private final int parameters;

  private static final class Function extends CUfunction {
    long address() {
      return getNativePointer();
    }
  }

  /**
   * The entry point {@code name} of {@code module}.
   *
   * @param waits whether each launch waits for its end, so that what fails there is told there
   */
  CudaKernel(String name, CUmodule module, Stream stream, boolean waits, Arena arena) {
    super(name, arena);
    this.stream = stream;
    this.waits = waits;
    context = stream.context();
    driver = context.driver();
    calls = context.calls();
    Function found = new Function();
    int status = JCudaDriver.cuModuleGetFunction(found, module, name);
    if (status == CUresult.CUDA_ERROR_NOT_FOUND) {
      throw new IllegalArgumentException("there is no kernel " + name);
    }
    calls.check(status, "cuModuleGetFunction of " + name);
    function = found.address();
    parameters = driver.tellsParameters() ? countParameters() : UNKNOWN;
  }

  private int countParameters() {
    try (Arena local = Arena.ofConfined()) {
      MemorySegment offset = local.allocate(Long.BYTES, Long.BYTES);
      MemorySegment bytes = local.allocate(Long.BYTES, Long.BYTES);
      int count = 0;
      while (true) {
        int status = driver.parameter(function, count, offset, bytes);
        if (status == CUresult.CUDA_ERROR_INVALID_VALUE) {
          return count;
        }
        calls.check(status, "cuFuncGetParamInfo of " + name());
        count++;
      }
    }
  }

  @Override
  protected void run(int x, int y, int z, int threads, MemorySegment arguments, int count) {
    if (count != parameters && parameters != UNKNOWN) {
      throw new IllegalStateException(
          "kernel %s takes %d arguments, got %d".formatted(name(), parameters, count));
    }
    context.enter();
    int status = driver.launch(function, x, y, z, threads, stream.address(), arguments);
    if (status != CUresult.CUDA_SUCCESS) {
      throw calls.failure(
          status,
          "launching kernel %s in %d x %d x %d blocks of %d threads"
              .formatted(name(), x, y, z, threads));
    }
    if (waits && !stream.isCapturing()) {
      calls.check(driver.synchronize(stream.address()), "kernel " + name());
    } else {
      calls.launched(name());
    }
  }
}
