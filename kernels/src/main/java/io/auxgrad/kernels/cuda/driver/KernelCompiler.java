package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.libraries.CudaException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Compiles our kernels, each once per machine: what was compiled before comes from the cache. */
public final class KernelCompiler implements Cubins {
  private static final System.Logger LOGGER = System.getLogger(KernelCompiler.class.getName());

  /** For all our kernels. As with nvcc, lambdas need no mark of where they run. */
  static final List<String> OPTIONS = List.of("--std=c++17", "--device-as-default-execution-space");

  private final Nvrtc nvrtc;
  private final CubinCache cache;
  private final String architecture;
  private final Map<String, Future<byte[]>> prepared = new ConcurrentHashMap<>();

  /**
   * With a compiler and a cache.
   *
   * @param architecture of the GPU, for example {@code sm_90}
   */
  public KernelCompiler(Nvrtc nvrtc, CubinCache cache, String architecture) {
    this.nvrtc = nvrtc;
    this.cache = cache;
    this.architecture = architecture;
  }

  /**
   * The machine code of {@code source}.
   *
   * @throws CudaException with the compiler's log if there is an error in the source
   */
  public byte[] compile(KernelSource source) {
    return cache.get(key(source), () -> nvrtc.compile(source, architecture, OPTIONS).cubin());
  }

  private String key(KernelSource source) {
    return CubinCache.key(source, architecture, OPTIONS, nvrtc.version());
  }

  /**
   * Compiles {@code files} on all cores, and returns when all are done. What fails is told to who
   * asks for it.
   */
  @Override
  public void prepare(Collection<String> files) {
    // The longest first, lest one core compile it when the others have finished.
    List<KernelSource> sources =
        files.stream()
            .map(KernelSource::ofResource)
            .sorted(Comparator.comparingInt((KernelSource s) -> s.text().length()).reversed())
            .toList();
    long missing = sources.stream().filter(s -> !cache.has(key(s))).count();
    if (missing > 0) {
      LOGGER.log(
          System.Logger.Level.INFO,
          "compiling the kernels for {0}, {1} files, once for this machine and version",
          architecture,
          missing);
    }
    int cores = Runtime.getRuntime().availableProcessors();
    try (ExecutorService workers = Executors.newFixedThreadPool(cores)) {
      sources.forEach(s -> prepared.put(s.name(), workers.submit(() -> compile(s))));
    }
  }

  @Override
  public byte[] of(String file) {
    Future<byte[]> done = prepared.remove(file);
    return done == null ? compile(KernelSource.ofResource(file)) : result(done);
  }

  private static byte[] result(Future<byte[]> done) {
    if (done.state() == Future.State.FAILED) {
      Throwable failure = done.exceptionNow();
      throw new CudaException(failure.getMessage(), failure);
    }
    return done.resultNow();
  }
}
