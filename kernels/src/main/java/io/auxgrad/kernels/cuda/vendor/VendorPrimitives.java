package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.cache.DiskCache;
import io.auxgrad.kernels.cuda.launch.ConvolutionProblem;
import io.auxgrad.kernels.cuda.launch.Ending;
import io.auxgrad.kernels.cuda.launch.MatrixProduct;
import io.auxgrad.kernels.cuda.launch.Primitives;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.CudaLibrary;
import io.auxgrad.kernels.cuda.libraries.Finding;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** cuDNN and cuBLAS on one GPU, and what was decided between their ways on disk. */
public final class VendorPrimitives implements Primitives, AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(VendorPrimitives.class.getName());

  /** Tens of thousands of decisions. */
  private static final long CAPACITY = 16L << 20;

  /**
   * Of how ways are found and plans are sought. With another one, nothing is taken of what earlier
   * versions have kept.
   */
  private static final int REVISION = 2;

  /** Thousands of compiled plans. */
  private static final long PLANS_CAPACITY = 256L << 20;

  private final String platform;
  private final Queue queue;
  private final Options options;
  private final CublasProducts products;
  private final CudnnConvolutions convolutions;
  private final GraphConvolutions graphs;
  private final DiskCache decisions;
  private final boolean searches;

  private VendorPrimitives(
      CudaLibraries libraries,
      Surroundings surroundings,
      Options options,
      String gpu,
      Queue queue) {
    this.queue = queue;
    this.options = options;
    products = new CublasProducts(libraries, queue);
    try {
      convolutions = new CudnnConvolutions(libraries, queue, options);
    } catch (RuntimeException e) {
      products.close();
      throw e;
    }
    platform = "%s, %s".formatted(gpu, describe());
    decisions =
        new DiskCache(
            surroundings.cache().map(c -> c.resolve("plans")),
            CAPACITY,
            ".plan",
            LOGGER,
            "convolutions go by the first algorithm that cuDNN names, not the fastest");
    searches = options.search() && decisions.isWritable();
    graphs =
        new GraphConvolutions(
            convolutions.stream(),
            options,
            new DiskCache(
                surroundings.cache().map(c -> c.resolve("graphs")),
                PLANS_CAPACITY,
                ".graph",
                LOGGER,
                "cuDNN's graphs of convolutions are planned anew in each process"),
            this::circumstances);
  }

  /**
   * Loads both, where they are there and the user has not forbidden it.
   *
   * @param gpu its name and architecture
   * @throws io.auxgrad.kernels.cuda.libraries.CudaException if one is there and does not work
   */
  public static Optional<VendorPrimitives> open(
      CudaLibraries libraries, Surroundings surroundings, String gpu, Queue queue) {
    Options options = Options.of(surroundings);
    if (!options.used()) {
      return Optional.empty();
    }
    Optional<Finding.Missing> missing = missing(libraries).findFirst();
    if (missing.isPresent()) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "convolutions and products of matrices are done by kernels without tensor cores, which is slow: %s. To get it: %s"
              .formatted(missing.get().reason(), missing.get().remedy()));
      return Optional.empty();
    }
    return Optional.of(new VendorPrimitives(libraries, surroundings, options, gpu, queue));
  }

  private static Stream<Finding.Missing> missing(CudaLibraries libraries) {
    return Stream.of(CudaLibrary.CUBLAS, CudaLibrary.CUDNN)
        .flatMap(
            l -> libraries.finding(l) instanceof Finding.Missing m ? Stream.of(m) : Stream.empty());
  }

  /** The libraries and their versions. */
  public String describe() {
    return "%s, %s".formatted(convolutions.describe(), products.describe());
  }

  /** What a decision and a plan depend on, the problem being {@code problem}. */
  private List<String> circumstances(String problem) {
    return List.of(
        platform,
        problem,
        options.deterministic() ? "deterministic" : "any order of sums",
        "workspace of %d MiB".formatted(options.workspaceBytes() >> 20),
        "ways of revision " + REVISION);
  }

  @Override
  public List<Algorithm> algorithms(ConvolutionProblem problem) {
    return Stream.concat(
            graphs.algorithms(problem).stream(), convolutions.algorithms(problem).stream())
        .toList();
  }

  @Override
  public List<Fused> fused(ConvolutionProblem problem, Ending ending) {
    return Stream.concat(
            convolutions.fused(problem, ending).stream(), graphs.fused(problem, ending).stream())
        .toList();
  }

  @Override
  public void multiply(MatrixProduct product, long a, long b, long out) {
    products.multiply(product, a, b, out);
  }

  @Override
  public boolean searches() {
    return searches;
  }

  @Override
  public String decision(String problem, Supplier<Decision> search) {
    if (!searches) {
      return search.get().way();
    }
    List<String> what = circumstances(problem);
    String key = DiskCache.key(what);
    Optional<byte[]> kept = decisions.find(key);
    if (kept.isPresent()) {
      return new String(kept.get(), StandardCharsets.UTF_8).lines().findFirst().orElseThrow();
    }
    Decision made = search.get();
    if (made.lasting() && queue.timesFairly()) {
      String text = made.way() + "\n" + String.join("\n", what) + "\n";
      decisions.keep(key, text.getBytes(StandardCharsets.UTF_8));
    }
    return made.way();
  }

  @Override
  public boolean isCapturing() {
    return queue.isCapturing();
  }

  @Override
  public double seconds(Runnable work) {
    return queue.seconds(work);
  }

  @Override
  public void close() {
    try {
      graphs.close();
      convolutions.close();
    } finally {
      products.close();
    }
  }
}
