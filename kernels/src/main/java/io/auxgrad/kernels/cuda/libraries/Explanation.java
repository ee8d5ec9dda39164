package io.auxgrad.kernels.cuda.libraries;

import java.util.List;
import java.util.stream.Stream;

/** Says why a library is missing and how to get it. */
final class Explanation {
  private static final String DRIVER =
      "install NVIDIA's driver for Linux; a container must be started with access to the GPU "
          + "(docker run --gpus all)";
  private static final String TOOLKIT =
      "pip install nvidia-cuda-nvrtc nvidia-cublas nvidia-cudnn-cu13 for CUDA 13, or pip install "
          + "nvidia-cuda-nvrtc-cu12 nvidia-cublas-cu12 nvidia-cudnn-cu12 for CUDA 12, or NVIDIA's "
          + "packages of the CUDA toolkit and cuDNN. Where it is in another folder, set "
          + "AUXGRAD_CUDA_PATH to that";

  private Explanation() {}

  static Finding.Missing of(CudaLibrary library, Search search, Choice choice) {
    return new Finding.Missing(
        library,
        "%s (%s) was not found%s"
            .formatted(library.names(), library.purpose(), unfit(library, search, choice)),
        library == CudaLibrary.DRIVER ? DRIVER : TOOLKIT);
  }

  private static String unfit(CudaLibrary library, Search search, Choice choice) {
    Stream<String> others =
        search.found(library).stream()
            .map(f ->
                "found %s, which does not go with CUDA %d".formatted(f.path(), choice.cudaMajor()));
    List<String> met = Stream.concat(search.unfit(library).stream(), others).toList();
    return met.isEmpty() ? "" : ": " + String.join("; ", met);
  }
}
