package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.libraries.CudaException;
import java.util.List;

/** Compiles our kernels, each once per machine: what was compiled before comes from the cache. */
public final class KernelCompiler {
  /** For all our kernels. As with nvcc, lambdas need no mark of where they run. */
  static final List<String> OPTIONS = List.of("--std=c++17", "--device-as-default-execution-space");

  private final Nvrtc nvrtc;
  private final CubinCache cache;

  /** With a compiler and a cache. */
  public KernelCompiler(Nvrtc nvrtc, CubinCache cache) {
    this.nvrtc = nvrtc;
    this.cache = cache;
  }

  /**
   * The machine code of {@code source}.
   *
   * @param architecture of the GPU, for example {@code sm_90}
   * @throws CudaException with the compiler's log if there is an error in the source
   */
  public byte[] compile(KernelSource source, String architecture) {
    String key = CubinCache.key(source, architecture, OPTIONS, nvrtc.version());
    return cache.get(key, () -> nvrtc.compile(source, architecture, OPTIONS).cubin());
  }
}
