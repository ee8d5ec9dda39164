package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.libraries.CudaException;
import java.util.Arrays;
import java.util.StringJoiner;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * Looks at the status of each call. A kernel runs after its launch has returned, so that its
 * failure is the status of some later call: the kernels that may have caused it are remembered.
 */
final class Calls {
  private static final int REMEMBERED = 16;

  /** After these the context is lost, and every call fails. */
  private static final int[] FATAL = {
    CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
    CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE,
    226, // CUDA_ERROR_CONTAINED
    CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
    CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
    CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED,
    CUresult.CUDA_ERROR_ASSERT,
    CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
    CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
    CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
    CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
    CUresult.CUDA_ERROR_INVALID_PC,
    CUresult.CUDA_ERROR_LAUNCH_FAILED,
    721, // CUDA_ERROR_TENSOR_MEMORY_LEAK
    CUresult.CUDA_ERROR_MPS_CLIENT_TERMINATED,
    CUresult.CUDA_ERROR_UNKNOWN,
  };

  private final String device;
  private final String[] launched = new String[REMEMBERED];
  private int launches;
  private String firstFailure;

  /** Of {@code device}, for messages. */
  Calls(String device) {
    this.device = device;
  }

  /** Remembers a kernel until {@link #finished}. */
  void launched(String kernel) {
    launched[launches++ & REMEMBERED - 1] = kernel;
  }

  /** All that was launched has run. */
  void finished() {
    if (launches > 0) {
      launches = 0;
      Arrays.fill(launched, null);
    }
  }

  /** Throws if {@code status}, which {@code call} returned, is not that of success. */
  void check(int status, String call) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw failure(status, call);
    }
  }

  /** The same for calls that give something back: a device that is lost has nothing more. */
  void checkUnlessLost(int status, String call) {
    if (firstFailure == null) {
      check(status, call);
    }
  }

  /** The exception for {@code status}. */
  CudaException failure(int status, String what) {
    if (firstFailure != null) {
      return new CudaException(
          "%s cannot be used by this process any more, since %s".formatted(device, firstFailure));
    }
    String text = "%s failed on %s: %s".formatted(what, device, describe(status));
    if (isFatal(status)) {
      text += suspects();
      firstFailure = text;
    }
    return new CudaException(text);
  }

  /** The driver's name and text of a status. */
  static String describe(int status) {
    String[] name = new String[1];
    String[] text = new String[1];
    JCudaDriver.cuGetErrorName(status, name);
    JCudaDriver.cuGetErrorString(status, text);
    return name[0] == null ? "status " + status : "%s (%s)".formatted(name[0], text[0]);
  }

  private static boolean isFatal(int status) {
    return Arrays.stream(FATAL).anyMatch(f -> f == status);
  }

  private String suspects() {
    if (launches == 0) {
      return "";
    }
    StringJoiner names = new StringJoiner(", ");
    for (int back = 1; back <= Math.min(launches, REMEMBERED); back++) {
      names.add(launched[launches - back & REMEMBERED - 1]);
    }
    return "; launched since the GPU was last waited for, the last first: %s%s. Run again with -D%s=true to be told which"
        .formatted(names, launches > REMEMBERED ? ", ..." : "", CudaGpu.DEBUG);
  }
}
