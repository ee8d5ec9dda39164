package io.auxgrad.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.cuda.driver.CudaGpu;
import io.auxgrad.kernels.cuda.driver.FakeGpu;
import io.auxgrad.kernels.cuda.launch.ConvolutionProblem;
import io.auxgrad.kernels.cuda.launch.Ending;
import io.auxgrad.kernels.cuda.launch.Primitives;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Conv2dSpec;
import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * Convolutions and products on the pretended driver, by the pretended libraries: a process of its
 * own, as a process can load a library of a name but once.
 */
public final class LibraryProgram {
  private static final String FORWARD = "cudnnConvolutionForward";
  private static final String FUSED = "cudnnConvolutionBiasActivationForward";
  private static final String GRAPH = "cudnnBackendExecute";

  private static final int SUBLIBRARY_UNAVAILABLE = 3009;
  private static final int OUT_OF_DEVICE_MEMORY = 4004;
  private static final int EXECUTION_FAILED = 5000;

  private LibraryProgram() {}

  /** The argument names what is to be looked at. */
  public static void main(String[] args) {
    switch (args[0]) {
      case "cudnn" -> byOne("cudnn", "", 3, 1);
      case "graph" -> graph();
      case "fused" -> onGpu(LibraryProgram::fused);
      case "fused-graph" -> onGpu(LibraryProgram::fusedGraph);
      case "planned" -> planned();
      case "planned-before" -> plannedBefore(true);
      case "planned-anew" -> plannedBefore(false);
      case "unreadable" -> unreadable();
      case "unplanned" -> failing("a plan", OUT_OF_DEVICE_MEMORY);
      case "half-planned" -> halfPlanned();
      case "unready" -> failing("algorithms", SUBLIBRARY_UNAVAILABLE);
      case "cublas" -> byOne("cublas", "conv2d 1x1", 1);
      case "products" -> onGpu((gpu, backend) -> new LibraryChecks(gpu, backend).products());
      case "chosen" -> onGpu(LibraryProgram::chosen);
      case "any-order" -> onGpu(LibraryProgram::anyOrder);
      case "input-gradient" -> onGpu(LibraryProgram::gradInput);
      case "large" -> onGpu((gpu, _) -> large(gpu.primitives().orElseThrow()));
      case "remembered" -> remembered();
      case "once" -> onGpu((_, backend) -> convolve(backend));
      case "captured" -> onGpu(LibraryProgram::captured);
      case "rounded" -> onGpu(RoundedOnce::check);
      case "without" -> without();
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void onGpu(BiConsumer<CudaGpu, Backend> body) {
    try (CudaGpu gpu = FakeGpu.openWithLibraries()) {
      body.accept(gpu, new CudaBackend(gpu));
    }
    assertEquals(0, FakeLibraries.cudnn("handles"));
    assertEquals(0, FakeLibraries.cudnn("descriptors"));
    assertEquals(0, FakeLibraries.cublas("handles"));
    assertEquals(0, FakeGpu.violations(), "writes past an end");
  }

  private static void byOne(String library, String cases, int... kernels) {
    onGpu((gpu, backend) -> {
      ForcedWay forced = new ForcedWay(gpu, library);
      LibraryChecks checks = new LibraryChecks(gpu, forced.in(backend));
      checks.cases(cases);
      checks.bfloat16();
      checks.tf32(kernels);
      assertTrue(forced.passes() > 30, forced.passes() + " were by " + library);
    });
    assertEquals(0, FakeLibraries.cudnn("nondeterministic"));
  }

  /** All that cuDNN has in one pass goes so, and what it refuses goes otherwise. */
  private static void fused(CudaGpu gpu, Backend backend) {
    ForcedWay forced = new ForcedWay(gpu, "fused-cudnn");
    LibraryChecks checks = new LibraryChecks(gpu, forced.in(backend));
    checks.forward();
    checks.fused();
    long calls = FakeLibraries.cudnn(FUSED);
    assertTrue(forced.passes() > 80, forced.passes() + " were fused");
    assertTrue(calls > forced.passes(), "nothing was refused");
    assertEquals(0, FakeLibraries.cudnn(FORWARD));
  }

  private static void graph() {
    byOne("graph", "", 3, 1);
    assertTrue(FakeLibraries.cudnn("plans") > 0);
    assertEquals(0, FakeLibraries.cudnn("compiled plans"));
    assertTrue(FakeLibraries.cudnn("dilated graphs") > 0, "one heuristic knows no dilation");
    assertEquals(0, FakeLibraries.cudnn("fallbacks"), "there are others behind tensor cores");
  }

  /** Whatever follows a convolution is a graph with it, but where it has groups. */
  private static void fusedGraph(CudaGpu gpu, Backend backend) {
    ForcedWay forced = new ForcedWay(gpu, "fused-graph");
    LibraryChecks checks = new LibraryChecks(gpu, forced.in(backend));
    checks.forward();
    checks.fused();
    assertTrue(forced.passes() > 80, forced.passes() + " were fused");
    assertEquals(forced.passes(), FakeLibraries.cudnn("fused graphs"));
    assertEquals(0, FakeLibraries.cudnn("graphs"));
    assertEquals(0, FakeLibraries.cudnn(FORWARD));
  }

  /** Plans are kept for the next process, or GPU, which asks for none. */
  private static void planned() {
    plannedBefore(false);
    plannedBefore(true);
  }

  private static void plannedBefore(boolean before) {
    long asked = FakeLibraries.cudnn("heuristics");
    long plans = FakeLibraries.cudnn("plans");
    onGpu((gpu, backend) -> {
      ForcedWay forced = new ForcedWay(gpu, "graph");
      assertEquals(9 * 16 + 1, convolve(forced.in(backend))[12 * 24 + 3]);
      assertEquals(1, forced.passes());
    });
    assertEquals(before, FakeLibraries.cudnn("heuristics") == asked, "heuristics were asked");
    assertEquals(before, FakeLibraries.cudnn("plans") == plans + 1, "plans were made");
  }

  /** Plans that cuDNN does not read back leave nothing open, and the other ways. */
  private static void unreadable() {
    FakeLibraries.refuse("attribute 405", EXECUTION_FAILED);
    onGpu((gpu, backend) -> {
      assertEquals(9 * 16 + 1, convolve(backend)[12 * 24 + 3]);
      ForcedWay forced = new ForcedWay(gpu, "graph");
      assertEquals(9 * 16 + 1, convolve(forced.in(backend))[12 * 24 + 3]);
      assertEquals(0, forced.passes());
    });
    assertTrue(FakeLibraries.cudnn("plans") > 0);
    assertEquals(0, FakeLibraries.cudnn(GRAPH));
  }

  /** A failure of cuDNN that has nothing to do with the convolution: other ways are taken. */
  private static void failing(String what, int status) {
    FakeLibraries.refuse(what, status);
    onGpu((_, backend) -> assertEquals(9 * 16 + 1, convolve(backend)[12 * 24 + 3]));
  }

  /** Where the network among the heuristics fails, the decision tree's plans serve. */
  private static void halfPlanned() {
    failing("heuristic 1", SUBLIBRARY_UNAVAILABLE);
    assertTrue(FakeLibraries.cudnn("graphs") > 0);
    assertTrue(FakeLibraries.cudnn("fused graphs") > 0);
  }

  /** The first of each kind of convolution, as nothing is measured. */
  private static void chosen(CudaGpu gpu, Backend backend) {
    LibraryChecks checks = new LibraryChecks(gpu, backend);
    checks.cases("matmul");
    checks.bfloat16();
    checks.tf32(3, 1);
    assertEquals(0, FakeLibraries.cudnn("nondeterministic"));
    for (String function : new String[] {"Forward", "BackwardData", "BackwardFilter"}) {
      assertTrue(FakeLibraries.cudnn("cudnnConvolution" + function) > 0, function);
    }
    assertTrue(FakeLibraries.cudnn("graphs") > 0);
    assertTrue(FakeLibraries.cublas("cublasGemmEx") > 0);
    assertTrue(FakeLibraries.cublas("cublasGemmStridedBatchedEx") > 0);
    assertTrue(gpu.describe().contains("cuDNN 9.24.0, cuBLAS 13.1.1"), gpu.describe());
  }

  private static void anyOrder(CudaGpu gpu, Backend backend) {
    gradInput(gpu, backend);
    assertTrue(FakeLibraries.cudnn("nondeterministic") > 0);
  }

  private static void gradInput(CudaGpu gpu, Backend backend) {
    try (var _ = TensorScope.open()) {
      Tensor dy = ones(backend, 2, 9, 8, 24);
      Tensor w = ones(backend, 24, 3, 3, 16);
      Shape x = Shape.of(2, 9, 8, 16);
      float[] dx = backend.convolution().gradInput(dy, w, Conv2dSpec.of(1, 1), x).toFloats();
      assertEquals(4 * 24, dx[0]);
    }
  }

  /** What cuDNN's functions cannot even describe is left to others, and nothing stays open. */
  private static void large(Primitives primitives) {
    Shape image = Shape.of(2048, 1024, 1024, 1);
    Shape w = Shape.of(1, 3, 3, 1);
    for (var direction : ConvolutionProblem.Direction.values()) {
      var problem =
          new ConvolutionProblem(direction, DType.BFLOAT16, image, w, image, Conv2dSpec.of(1, 1));
      var names = primitives.algorithms(problem).stream().map(Primitives.Algorithm::name);
      assertTrue(names.allMatch(n -> n.startsWith("graph-")), direction::name);
      var fused = primitives.fused(problem, new Ending(true, false, Activation.RELU)).stream();
      assertTrue(fused.allMatch(f -> f.name().startsWith("fused-graph-")), direction::name);
    }
  }

  /** A second process, or GPU, takes what the first one has measured. */
  private static void remembered() {
    onGpu((_, backend) -> convolve(backend));
    long runs = forwards();
    assertTrue(runs > 2, "measured by " + runs + " runs");
    assertTrue(FakeLibraries.cudnn(FORWARD) > 0, "all ways are measured");
    assertTrue(FakeLibraries.cudnn(FUSED) > 0, "all ways are measured");
    assertTrue(FakeLibraries.cudnn("graphs") > 0, "all ways are measured");
    assertTrue(FakeLibraries.cudnn("fused graphs") > 0, "all ways are measured");
    onGpu((_, backend) -> convolve(backend));
    long more = forwards() - runs;
    assertTrue(more <= 1, "measured again, by " + more + " runs");
    System.out.println("measured " + runs);
  }

  private static long forwards() {
    return FakeLibraries.cudnn(FORWARD) + FakeLibraries.cudnn(FUSED) + FakeLibraries.cudnn(GRAPH);
  }

  private static float[] convolve(Backend backend) {
    try (var _ = TensorScope.open()) {
      Tensor x = ones(backend, 2, 9, 8, 16);
      Tensor w = ones(backend, 24, 3, 3, 16);
      return backend
          .convolution()
          .forward(x, w, ones(backend, 24), Conv2dSpec.of(1, 1), Activation.RELU)
          .toFloats();
    }
  }

  private static Tensor ones(Backend backend, int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[(int) shape.size()];
    Arrays.fill(values, 1);
    return Tensor.of(backend.memory(), shape, values);
  }

  private static void captured(CudaGpu gpu, Backend backend) {
    try (var _ = TensorScope.open()) {
      Conv2dSpec spec = Conv2dSpec.of(1, 1);
      Tensor x = ones(backend, 1, 6, 5, 16);
      Tensor w = ones(backend, 8, 3, 3, 16);
      Tensor[] y = new Tensor[1];
      Tensor bias = Tensor.zeros(backend.memory(), DType.FLOAT32, Shape.of(8));
      Runnable step = () -> y[0] = backend.convolution().forward(x, w, bias, spec, Activation.RELU);
      var e = assertThrows(IllegalStateException.class, () -> gpu.capture(step));
      assertTrue(e.getMessage().contains("run once before the capture"), e.getMessage());
      step.run();
      float[] want = y[0].toFloats();
      try (var graph = gpu.capture(step)) {
        graph.launch();
        assertArrayEquals(want, y[0].toFloats());
        float[] doubled = new float[(int) x.size()];
        Arrays.fill(doubled, 2);
        x.set(doubled);
        graph.launch();
        float[] got = y[0].toFloats();
        for (int i = 0; i < got.length; i++) {
          assertEquals(2 * want[i], got[i]);
        }
      }
    }
    // Tried, done, and captured.
    assertEquals(3, FakeLibraries.cudnn(FUSED));
  }

  /** Where the user wants none of the libraries. */
  private static void without() {
    try (CudaGpu gpu = FakeGpu.openWithLibraries()) {
      convolve(new CudaBackend(gpu));
      assertTrue(gpu.describe().contains("kernels of its own"), gpu.describe());
    }
  }
}
