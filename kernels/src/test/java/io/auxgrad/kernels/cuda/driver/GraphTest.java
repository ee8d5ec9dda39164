package io.auxgrad.kernels.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.PointwiseOps;
import io.auxgrad.tensor.ops.UnaryOp;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GraphTest {
  private FakeDriver driver;
  private CudaGpu gpu;
  private PointwiseOps pointwise;

  @BeforeEach
  void open() {
    driver = FakeGpu.driverOrSkip();
    gpu = FakeGpu.open(driver);
    pointwise = new CudaBackend(gpu).pointwise();
  }

  @AfterEach
  void close() {
    if (gpu != null) {
      gpu.close();
      assertEquals(0, driver.violations());
      FakeDriver.get();
    }
  }

  @Test
  void doesWhatWasCapturedOnNewValues() {
    try (TensorScope _ = TensorScope.open()) {
      Tensor x = Tensor.of(gpu.memory(), Shape.of(3), 1, 2, 3);
      Tensor sum = Tensor.zeros(gpu.memory(), DType.FLOAT32, Shape.of(3));
      Graph graph =
          gpu.capture(() -> {
            try (TensorScope _ = TensorScope.open()) {
              Tensor square = pointwise.unary(UnaryOp.SQUARE, x);
              pointwise.accumulate(sum, pointwise.binary(BinaryOp.ADD, square, x));
            }
          });
      try (graph) {
        assertArrayEquals(new float[] {0, 0, 0}, sum.toFloats());
        graph.launch();
        assertArrayEquals(new float[] {2, 6, 12}, sum.toFloats());
        x.set(1f, 1f, 1f);
        graph.launch();
        graph.launch();
        assertArrayEquals(new float[] {6, 10, 16}, sum.toFloats());
      }
    }
  }

  /** Who gets memory while the graph lives must not get what the graph writes to. */
  @Test
  void keepsTheMemoryThatItWritesTo() {
    Buffer[] inside = new Buffer[1];
    Graph graph =
        gpu.capture(() -> {
          inside[0] = gpu.memory().allocate(5000);
          gpu.memory().release(inside[0]);
          Buffer again = gpu.memory().allocate(5000);
          assertEquals(inside[0].address(), again.address());
          gpu.memory().release(again);
        });
    Buffer outside = gpu.memory().allocate(5000);
    assertNotEquals(inside[0].address(), outside.address());
    gpu.memory().release(outside);
    graph.close();
    Buffer later = gpu.memory().allocate(5000);
    assertEquals(inside[0].address(), later.address());
    gpu.memory().release(later);
  }

  /** A tensor from before that is closed in the capture is read by each run. */
  @Test
  void keepsTheMemoryFromBeforeThatIsGivenBackInIt() {
    Buffer before = gpu.memory().allocate(5000);
    Graph graph = gpu.capture(() -> gpu.memory().release(before));
    Buffer outside = gpu.memory().allocate(5000);
    assertNotEquals(before.address(), outside.address());
    gpu.memory().release(outside);
    graph.close();
    Buffer later = gpu.memory().allocate(5000);
    assertEquals(before.address(), later.address());
    gpu.memory().release(later);
  }

  @Test
  void aCaptureCannotCopyToTheHostOrWait() {
    try (TensorScope _ = TensorScope.open()) {
      Tensor x = Tensor.of(gpu.memory(), Shape.of(1), 1);
      for (Runnable forbidden :
          new Runnable[] {x::toFloats, x::readLater, gpu::synchronize, gpu.memory()::trim}) {
        assertThrows(IllegalStateException.class, () -> gpu.capture(forbidden));
      }
      assertArrayEquals(new float[] {1}, x.toFloats());
    }
  }

  /** What the host uploads in a capture is the same in each run, wherever it lay. */
  @Test
  void keepsTheConstantsOfTheHost() {
    try (TensorScope _ = TensorScope.open()) {
      Tensor sum = Tensor.zeros(gpu.memory(), DType.FLOAT32, Shape.of(2));
      float[] values = {1, 10};
      Graph graph =
          gpu.capture(() -> {
            try (Tensor constant = Tensor.of(gpu.memory(), Shape.of(2), values)) {
              pointwise.accumulate(sum, constant);
            }
          });
      try (graph) {
        values[0] = 100;
        graph.launch();
        graph.launch();
        assertArrayEquals(new float[] {2, 20}, sum.toFloats());
      }
    }
  }

  @Test
  void closesTwiceAndIsNotLaunchedAfterwards() {
    Graph graph = gpu.capture(() -> {});
    long before = driver.calls("cuGraphExecDestroy");
    graph.close();
    graph.close();
    assertEquals(before + 1, driver.calls("cuGraphExecDestroy"));
    assertThrows(IllegalStateException.class, graph::launch);
  }

  /** Whatever the driver refuses on the way, what comes after it works. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "cuStreamBeginCapture_v2",
        "cuLaunchKernel",
        "cuStreamEndCapture",
        "cuGraphInstantiateWithFlags"
      })
  void aCallThatFailsLeavesTheStreamUsable(String function) {
    try (TensorScope _ = TensorScope.open()) {
      Tensor x = Tensor.of(gpu.memory(), Shape.of(1), 3);
      Tensor sum = Tensor.zeros(gpu.memory(), DType.FLOAT32, Shape.of(1));
      Runnable body =
          () -> {
            try (Tensor square = pointwise.unary(UnaryOp.SQUARE, x)) {
              pointwise.accumulate(sum, square);
            }
          };
      body.run();
      driver.fail(function, 1, CUresult.CUDA_ERROR_NOT_SUPPORTED);
      assertThrows(CudaException.class, () -> gpu.capture(body));
      try (Graph graph = gpu.capture(body)) {
        graph.launch();
      }
      assertArrayEquals(new float[] {18}, sum.toFloats());
    }
  }

  @Test
  void aCaptureThatFailsLeavesNothingBehind() {
    long before = driver.calls("cuGraphDestroy");
    assertThrows(
        UnsupportedOperationException.class,
        () ->
            gpu.capture(() -> {
              throw new UnsupportedOperationException();
            }));
    assertEquals(before + 1, driver.calls("cuGraphDestroy"));
    gpu.synchronize();
  }
}
