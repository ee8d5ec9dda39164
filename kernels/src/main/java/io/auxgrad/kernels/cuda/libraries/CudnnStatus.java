package io.auxgrad.kernels.cuda.libraries;

/**
 * The kinds of status of cuDNN. Those of cuDNN 9 are thousands with details in the lower digits;
 * those of cuDNN 8, which JCuda's constants are, are single numbers below a thousand.
 */
public enum CudnnStatus {
  /** The call did what it should. */
  SUCCESS,
  /**
   * The library is not in a state to serve: not initialised, or it, its parts, the driver and the
   * runtime do not fit together. Another process may find it otherwise.
   */
  NOT_READY,
  /** An argument is wrong. */
  BAD_PARAMETER,
  /** The library does not have this op for these arguments or this GPU. */
  NOT_SUPPORTED,
  /** Memory ran out, of the host or of the GPU. */
  OUT_OF_MEMORY,
  /** A mistake in the library. */
  INTERNAL_ERROR,
  /** The op failed while it ran. */
  EXECUTION_FAILED;

  // Of the 3000s, which are for what is not supported, those that are about the machine.
  private static final int INCOMPATIBLE_CUDA_DRIVER = 3005;
  private static final int INCOMPATIBLE_CUDART = 3006;
  private static final int RUNTIME_PREREQUISITE_MISSING = 3008;
  private static final int SUBLIBRARY_UNAVAILABLE = 3009;

  private static final int HOST_ALLOCATION_FAILED = 4003;
  private static final int DEVICE_ALLOCATION_FAILED = 4004;

  /** The kind of a status as cuDNN 8 or 9 returns it. */
  public static CudnnStatus of(int status) {
    return status < 1000 ? ofVersion8(status) : ofVersion9(status);
  }

  private static CudnnStatus ofVersion9(int status) {
    return switch (status) {
      case INCOMPATIBLE_CUDA_DRIVER,
          INCOMPATIBLE_CUDART,
          RUNTIME_PREREQUISITE_MISSING,
          SUBLIBRARY_UNAVAILABLE ->
          NOT_READY;
      case HOST_ALLOCATION_FAILED, DEVICE_ALLOCATION_FAILED -> OUT_OF_MEMORY;
      default -> ofThousands(status / 1000);
    };
  }

  private static CudnnStatus ofThousands(int thousands) {
    return switch (thousands) {
      case 1 -> NOT_READY;
      case 2 -> BAD_PARAMETER;
      case 3 -> NOT_SUPPORTED;
      case 5 -> EXECUTION_FAILED;
      default -> INTERNAL_ERROR;
    };
  }

  private static CudnnStatus ofVersion8(int status) {
    return switch (status) {
      case 0 -> SUCCESS;
      case 1, 10, 11, 12, 13, 14 -> NOT_READY;
      case 2 -> OUT_OF_MEMORY;
      case 3, 5 -> BAD_PARAMETER;
      case 6, 9 -> NOT_SUPPORTED;
      case 8 -> EXECUTION_FAILED;
      default -> INTERNAL_ERROR;
    };
  }
}
