package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.auxgrad.kernels.cases.TestBackends.NamedBackend;
import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.driver.CudaGpu;
import io.auxgrad.kernels.cuda.driver.FakeGpu;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.ConvolutionOps;
import io.auxgrad.tensor.ops.ResizeOps;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Of no images nothing is made, and they have no say in the gradients of weights. */
class EmptyBatchTest {
  private static final Shape IMAGES = Shape.of(0, 6, 5, 8);

  @ParameterizedTest
  @MethodSource("io.auxgrad.kernels.cases.TestBackends#all")
  void onEachBackend(NamedBackend target) {
    run(target.backend());
  }

  /** The driver refuses to launch no blocks. */
  @Test
  void onADriver() {
    Assumptions.assumeTrue(FakeGpu.available(), "there is no stand-in for the driver");
    try (CudaGpu gpu = FakeGpu.open()) {
      run(new CudaBackend(gpu));
    }
  }

  /** There is nothing that the pixels of an image could be made of. */
  @Test
  void anImageWithoutPixelsIsNotResized() {
    Backend backend = Backends.cpu();
    try (TensorScope _ = TensorScope.open()) {
      Tensor x = Tensor.empty(backend.memory(), DType.FLOAT32, Shape.of(1, 0, 5, 3));
      var e =
          assertThrows(
              TensorException.class,
              () -> backend.resize().forward(x, 2, 2, ResizeOps.Mode.BILINEAR));
      assertEquals("resize: input [1,0,5,3] has no pixels", e.getMessage());
    }
  }

  private static void run(Backend backend) {
    try (TensorScope _ = TensorScope.open()) {
      Tensor x = Tensor.empty(backend.memory(), DType.FLOAT32, IMAGES);
      leaveTraces(backend);
      convolve(backend, x, Shape.of(4, 3, 3, 8), Conv2dSpec.of(1, 1));
      convolve(backend, x, Shape.of(8, 3, 3, 1), Conv2dSpec.of(2, 1, 1, 8));
      convolve(backend, x, Shape.of(8, 5, 5, 1), Conv2dSpec.of(1, 2, 1, 8));
      multiply(backend);
    }
  }

  /** So that who gets memory and does not write to it is found out. */
  private static void leaveTraces(Backend backend) {
    try (TensorScope _ = TensorScope.open()) {
      for (int size : new int[] {4, 6, 8, 72, 200, 288}) {
        backend.pointwise().fill(Tensor.zeros(backend.memory(), DType.FLOAT32, Shape.of(size)), 1);
      }
    }
  }

  private static void convolve(Backend backend, Tensor x, Shape weight, Conv2dSpec spec) {
    ConvolutionOps ops = backend.convolution();
    Tensor w = Tensor.zeros(backend.memory(), DType.FLOAT32, weight);
    Tensor y = ops.forward(x, w, null, spec, Activation.RELU);
    assertEquals(0, y.size());
    assertEquals(0, ops.gradInput(y, w, spec, x.shape()).size());
    var gradients = ops.gradWeight(x, y, spec, weight, true);
    assertArrayEquals(new float[(int) weight.size()], gradients.weight().toFloats());
    assertArrayEquals(new float[weight.dim(0)], gradients.bias().toFloats());
  }

  private static void multiply(Backend backend) {
    Tensor none = Tensor.empty(backend.memory(), DType.FLOAT32, Shape.of(0, 3));
    Tensor b = Tensor.zeros(backend.memory(), DType.FLOAT32, Shape.of(3, 2));
    Tensor y = backend.matmul().multiply(none, false, b, false);
    assertEquals(Shape.of(0, 2), y.shape());
    Tensor db = backend.matmul().multiply(none, true, y, false);
    assertArrayEquals(new float[6], db.toFloats());
  }
}
