package io.auxgrad.kernels.cuda.libraries;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The libraries of NVIDIA that the backend calls. */
public enum CudaLibrary {
  /** The driver, which comes with the kernel module and not with the toolkit. */
  DRIVER("libcuda", "the NVIDIA driver", 1, 1),
  /** The compiler of kernels. */
  NVRTC("libnvrtc", "the compiler of kernels", 12, 13),
  /** What NVRTC opens when it compiles. */
  NVRTC_BUILTINS("libnvrtc-builtins", "a part of NVRTC", 12, 13),
  /** Matrix products. */
  CUBLAS("libcublas", "matrix products", 12, 13),
  /** What cuBLAS is made of. */
  CUBLAS_LT("libcublasLt", "a part of cuBLAS", 12, 13),
  /** Convolutions. */
  CUDNN("libcudnn", "convolutions", 8, 9);

  private final String stem;
  private final String purpose;
  private final int oldest;
  private final int newest;

  CudaLibrary(String stem, String purpose, int oldest, int newest) {
    this.stem = stem;
    this.purpose = purpose;
    this.oldest = oldest;
    this.newest = newest;
  }

  /** The name up to {@code .so}, for example {@code libnvrtc}. */
  public String stem() {
    return stem;
  }

  /** What it is for, in words. */
  public String purpose() {
    return purpose;
  }

  /** The first numbers of the versions that are accepted, the newest first. */
  List<Integer> majors() {
    return IntStream.rangeClosed(oldest, newest).boxed().toList().reversed();
  }

  /** Whether a version with this first number is accepted. */
  boolean accepts(int major) {
    return oldest <= major && major <= newest;
  }

  /** The versions that are accepted, in words. */
  String needed() {
    return switch (this) {
      case DRIVER -> "libcuda.so.1";
      case CUDNN -> "cuDNN 8 or 9";
      default -> "CUDA 12 or 13";
    };
  }

  /** The accepted names of the file, in words. */
  String names() {
    return majors().stream().map(m -> stem + ".so." + m).collect(Collectors.joining(" or "));
  }
}
