package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a launch costs from C and from Java, taken in turns.
 *
 * @param fromC the medians of the C program
 * @param fromJava the same of ours
 */
public record LaunchComparison(LaunchCost fromC, LaunchCost fromJava) {
  private static final int ROUNDS = 5;
  private static final double LARGEST_RATIO = 1.3;
  private static final double MOST_ADDED = 1e-6;

  /** On the first GPU; empty where there is no C program and no compiler to make it. */
  public static Optional<LaunchComparison> measure(CudaGpu gpu)
      throws IOException, InterruptedException {
    CudaLibraries libraries = CudaLibraries.find(Surroundings.ofProcess());
    CubinCache cache = CubinCache.of(Surroundings.ofProcess());
    KernelCompiler compiler =
        new KernelCompiler(Nvrtc.load(libraries), cache, gpu.info().architecture());
    return measure(gpu, compiler.compile(KernelSource.ofResource(Canary.FILE)), Map.of());
  }

  /** With {@code module}, the code of the same kernel, for the C program. */
  static Optional<LaunchComparison> measure(
      CudaGpu gpu, byte[] module, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("auxgrad-launch-cost");
    try {
      Optional<Path> program = LaunchProgram.get(folder);
      if (program.isEmpty()) {
        return Optional.empty();
      }
      Path file = Files.write(folder.resolve("module"), module);
      List<LaunchCost> fromC = new ArrayList<>();
      List<LaunchCost> fromJava = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        fromC.add(LaunchProgram.run(program.get(), file, environment));
        fromJava.add(LaunchCost.ofJava(gpu));
      }
      return Optional.of(
          new LaunchComparison(LaunchCost.median(fromC), LaunchCost.median(fromJava)));
    } finally {
      for (String name : List.of("module", "launch_cost", "launch_cost.c")) {
        Files.deleteIfExists(folder.resolve(name));
      }
      Files.delete(folder);
    }
  }

  private double ratio() {
    return fromJava.onGpu() / fromC.onGpu();
  }

  private double added() {
    return fromJava.onHost() - fromC.onHost();
  }

  /** Whether Java costs no more than it may. */
  public boolean isGood() {
    return ratio() <= LARGEST_RATIO && added() <= MOST_ADDED;
  }

  /** A table in Markdown. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        """
        | an empty kernel | from C | from Java | | wanted |
        |---|---:|---:|---:|---|
        | from one to the next, on the GPU | %.2f us | %.2f us | %.2f times | at most %.1f times |
        | the host is busy with a launch | %.2f us | %.2f us | %.2f us more | at most %.0f us more |
        """,
        fromC.onGpu() * 1e6,
        fromJava.onGpu() * 1e6,
        ratio(),
        LARGEST_RATIO,
        fromC.onHost() * 1e6,
        fromJava.onHost() * 1e6,
        added() * 1e6,
        MOST_ADDED * 1e6);
  }
}
