package io.auxgrad.kernels.cuda.libraries;

import java.util.List;
import java.util.stream.Stream;

/** Says why a library is missing and how to get it. */
final class Explanation {
  private static final String DRIVER =
      "install NVIDIA's driver for Linux; a container must be started with access to the GPU "
          + "(docker: --gpus all)";
  private static final String TOOLKIT =
      "pip install nvidia-cuda-nvrtc nvidia-cublas nvidia-cudnn-cu13 (CUDA 13), or pip install "
          + "nvidia-cuda-nvrtc-cu12 nvidia-cublas-cu12 nvidia-cudnn-cu12 (CUDA 12), or NVIDIA's "
          + "packages of the CUDA toolkit and cuDNN; if it is elsewhere, set AUXGRAD_CUDA_PATH to "
          + "its folder";

  private Explanation() {}

  static String of(CudaLibrary library, Places places, Search search, Choice choice) {
    return "%s (%s) was not found: %s is needed.%nLooked in%n%s%n%sTo get it: %s"
        .formatted(
            library.stem(),
            library.purpose(),
            library.names(),
            places.describe(),
            unfit(library, search, choice),
            library == CudaLibrary.DRIVER ? DRIVER : TOOLKIT);
  }

  private static String unfit(CudaLibrary library, Search search, Choice choice) {
    List<String> lines =
        Stream.concat(
                search.unfit(library).stream(),
                search.found(library).stream()
                    .map(f ->
                        "%s: version %s does not go with the chosen CUDA %d"
                            .formatted(f.path(), f.version(), choice.cudaMajor())))
            .toList();
    return lines.isEmpty() ? "" : "Does not serve%n  %s%n".formatted(String.join("\n  ", lines));
  }
}
