package io.auxgrad.kernels.cuda.libraries;

import java.util.Collection;
import java.util.List;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasStatus;

/** cuBLAS, loaded: its version, and exceptions for its statuses. */
public final class Cublas {
  private static final List<String> FUNCTIONS =
      List.of("cublasGetProperty", "cublasGetStatusName", "cublasGetStatusString");

  private final Version version = Version.of(property(0), property(1), property(2));

  private Cublas() {}

  /**
   * Loads it.
   *
   * @param functions that will be called through {@link JCublas2}
   * @throws CudaException if it is missing or lacks a function
   */
  public static Cublas load(CudaLibraries libraries, Collection<String> functions) {
    libraries.requireFunctions(CudaLibrary.CUBLAS, functions);
    libraries.load(CudaLibrary.CUBLAS, FUNCTIONS);
    return new Cublas();
  }

  /** What the library itself says. */
  public Version version() {
    return version;
  }

  /** Throws if {@code status}, which {@code call} returned, is not that of success. */
  public void check(int status, String call) {
    if (status != 0) {
      throw failure(status, call);
    }
  }

  private static int property(int which) {
    int[] value = new int[1];
    int status = JCublas2.cublasGetProperty(which, value);
    if (status != 0) {
      throw failure(status, "cublasGetProperty");
    }
    return value[0];
  }

  /** The exception for {@code status}, which {@code call} returned. */
  public static CudaException failure(int status, String call) {
    String message =
        "%s failed: %s (%s)"
            .formatted(
                call, JCublas2.cublasGetStatusName(status), JCublas2.cublasGetStatusString(status));
    return switch (status) {
      case cublasStatus.CUBLAS_STATUS_NOT_INITIALIZED, cublasStatus.CUBLAS_STATUS_ALLOC_FAILED ->
          new TemporaryFailureException(message);
      default -> new CudaException(message);
    };
  }
}
