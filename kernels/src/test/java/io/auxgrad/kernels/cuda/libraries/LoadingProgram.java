package io.auxgrad.kernels.cuda.libraries;

import java.util.List;
import jcuda.driver.JCudaDriver;
import jcuda.nvrtc.JNvrtc;

/**
 * Loads the libraries that it is told and says what they answer: a process can load each but once.
 */
public final class LoadingProgram {
  private LoadingProgram() {}

  /** Of names of {@link CudaLibrary}; one may come twice. */
  public static void main(String[] names) {
    CudaLibraries libraries = CudaLibraries.find(Surroundings.ofProcess());
    for (String name : names) {
      System.out.println(name + ": " + answer(libraries, CudaLibrary.valueOf(name)));
    }
  }

  private static String answer(CudaLibraries libraries, CudaLibrary library) {
    try {
      return switch (library) {
        case DRIVER -> {
          libraries.load(library, List.of("cuInit"));
          yield "cuInit gives " + JCudaDriver.cuInit(0);
        }
        case NVRTC -> {
          libraries.load(library, List.of("nvrtcVersion"));
          int[] major = new int[1];
          int[] minor = new int[1];
          int status = JNvrtc.nvrtcVersion(major, minor);
          yield "version %d.%d, status %d".formatted(major[0], minor[0], status);
        }
        case CUBLAS -> "version " + Cublas.load(libraries, List.of("cublasGemmEx")).version();
        case CUDNN -> "version " + Cudnn.load(libraries, List.of()).version();
        default -> throw new IllegalArgumentException(library + " has no binding");
      };
    } catch (CudaException e) {
      return e.getMessage();
    }
  }
}
