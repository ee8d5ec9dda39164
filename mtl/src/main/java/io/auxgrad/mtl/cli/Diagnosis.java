package io.auxgrad.mtl.cli;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.Finding;
import io.auxgrad.tensor.ops.Inspection;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The checks of the doctor. */
final class Diagnosis {
  private static final long GIB = 1L << 30;
  private static final int JAVA = 25;

  private Diagnosis() {}

  /** Each check is made when the stream comes to it. */
  static Stream<Finding> of(EngineOptions engine) {
    return Stream.<Supplier<Stream<Finding>>>of(
            () -> machine().stream(), () -> devices(engine.isCuda()), () -> engine(engine).stream())
        .flatMap(Supplier::get);
  }

  private static List<Finding> machine() {
    return List.of(java(), vectorApi(), memory(), disk(Path.of("").toAbsolutePath()));
  }

  /** What kinds of device other than the processor need, and have. */
  private static Stream<Finding> devices(boolean wanted) {
    return ServiceLoader.load(Inspection.class).stream()
        .flatMap(inspection -> inspection.get().inspect(wanted));
  }

  private static List<Finding> engine(EngineOptions engine) {
    List<Finding> findings = new ArrayList<>();
    try {
      Backend backend = engine.backend();
      findings.add(Finding.good("engine", backend.describe()));
      findings.add(Finding.good("threads", backend.threads() + " of " + processors()));
      findings.add(bfloat16(backend));
      findings.add(computation(backend));
      findings.add(Finding.good("engine-memory", backend.memory().usage().text()));
    } catch (RuntimeException | LinkageError e) {
      findings.add(Finding.broken("engine", "does not start: " + e.getMessage()));
    }
    return findings;
  }

  private static Finding java() {
    String text = "Java %s, %s".formatted(Runtime.version(), System.getProperty("java.vm.name"));
    return Runtime.version().feature() >= JAVA
        ? Finding.good("java", text)
        : Finding.broken("java", text + "; " + JAVA + " or newer is needed");
  }

  private static Finding vectorApi() {
    boolean on = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    return on
        ? Finding.good("vector-api", "on")
        : Finding.slow("vector-api", "off; start Java with --add-modules=jdk.incubator.vector");
  }

  private static Finding memory() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    String text =
        "%.1f GiB, %.1f GiB of it free; Java heap up to %.1f GiB"
            .formatted(
                (double) system.getTotalMemorySize() / GIB,
                (double) system.getFreeMemorySize() / GIB,
                (double) Runtime.getRuntime().maxMemory() / GIB);
    return system.getTotalMemorySize() >= 2 * GIB
        ? Finding.good("memory", text)
        : Finding.slow("memory", text + "; training wants 2 GiB or more");
  }

  private static Finding disk(Path folder) {
    try {
      FileStore store = Files.getFileStore(folder);
      String text = "%.1f GiB free at %s".formatted((double) store.getUsableSpace() / GIB, folder);
      if (!Files.isWritable(folder)) {
        return Finding.broken("disk", folder + " cannot be written; runs go to ./runs or --out");
      }
      return store.getUsableSpace() >= GIB
          ? Finding.good("disk", text)
          : Finding.slow("disk", text + "; a run takes some hundred MiB");
    } catch (IOException e) {
      return Finding.broken("disk", folder + ": " + e.getMessage());
    }
  }

  private static Finding bfloat16(Backend backend) {
    return backend.multipliesBfloat16()
        ? Finding.good("bfloat16", "multiplied by this processor: --precision bf16 is faster")
        : Finding.good(
            "bfloat16",
            "no instructions for it: --precision bf16 works, but is no faster than fp32");
  }

  /**
   * A convolution with an answer known beforehand: a box filter over ones counts the pixels it
   * sees.
   */
  private static Finding computation(Backend backend) {
    try (var _ = TensorScope.open()) {
      Tensor x = Tensor.zeros(backend.memory(), DType.FLOAT32, Shape.of(1, 4, 4, 16));
      float[] ones = new float[4 * 4 * 16];
      Arrays.fill(ones, 1);
      x.set(ones);
      float[] weights = new float[8 * 3 * 3 * 16];
      Arrays.fill(weights, 1f / 16);
      Tensor w = Tensor.of(backend.memory(), Shape.of(8, 3, 3, 16), weights);
      Tensor y =
          backend.convolution().forward(x, w, null, Conv2dSpec.of(1, 1), Activation.IDENTITY);
      float corner = y.toFloats()[0];
      float inside = y.toFloats()[(4 + 1) * 8];
      return Math.abs(corner - 4) < 1e-4 && Math.abs(inside - 9) < 1e-4
          ? Finding.good("computation", "a convolution gives the right answer")
          : Finding.broken(
              "computation",
              "a convolution gives %s and %s instead of 4 and 9".formatted(corner, inside));
    }
  }

  private static String processors() {
    return Runtime.getRuntime().availableProcessors() + " processors";
  }
}
