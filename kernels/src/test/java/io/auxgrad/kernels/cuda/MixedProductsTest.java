package io.auxgrad.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.kernels.cuda.hostrun.HostGpu;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Products where one side is bfloat16: byte for byte what float32 gives for factors that were
 * rounded to bfloat16 before, rounded once to the type of the result.
 */
class MixedProductsTest {
  private static final List<DType> TYPES = List.of(DType.FLOAT32, DType.BFLOAT16);

  private final Philox random = new Philox(20260101, 9);
  private HostGpu gpu;
  private CudaBackend backend;
  private TensorScope scope;

  @BeforeEach
  void open() {
    assumeTrue(HostGpu.available(), "needs g++");
    gpu = new HostGpu(HostGpu.Order.FORWARD);
    backend = new CudaBackend(gpu);
    scope = TensorScope.open();
  }

  @AfterEach
  void close() {
    if (gpu != null) {
      scope.close();
      gpu.close();
    }
  }

  /** General ones, whole packs and not, and each of the depthwise ones. */
  static Stream<Conv2dSpec> convolutions() {
    return Stream.of(
        Conv2dSpec.of(1, 1),
        Conv2dSpec.of(2, 1, 1, 4),
        Conv2dSpec.of(1, 1, 1, 8),
        Conv2dSpec.of(2, 1, 1, 8),
        Conv2dSpec.of(2, 2, 2, 8));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void convolutions(Conv2dSpec spec) {
    var ops = backend.convolution();
    Tensor x = uniform(2, 7, 9, 8);
    Tensor w = uniform(8, 3, 3, 8 / spec.groups());
    Tensor dy = uniform(spec.outputShape(x.shape(), w.shape()).dims());
    Tensor y = ops.forward(rounded(x), rounded(w), null, spec, Activation.RELU);
    Tensor dx = ops.gradInput(rounded(dy), rounded(w), spec, x.shape());
    Tensor dw = ops.gradWeight(rounded(x), rounded(dy), spec, w.shape(), true).weight();
    for (DType type : TYPES) {
      Tensor half = cast(x, DType.BFLOAT16);
      assertSame(y, ops.forward(half, w, null, spec, Activation.RELU, type), type);
      Tensor arrived = cast(dy, type);
      Tensor narrow = ops.gradInput(arrived, w, spec, x.shape(), DType.BFLOAT16);
      assertSame(dx, narrow, DType.BFLOAT16);
      assertSame(dw, ops.gradWeight(half, arrived, spec, w.shape(), true).weight(), DType.FLOAT32);
    }
    Tensor half = cast(dy, DType.BFLOAT16);
    assertSame(dx, ops.gradInput(half, w, spec, x.shape(), DType.FLOAT32), DType.FLOAT32);
    assertSame(dw, ops.gradWeight(x, half, spec, w.shape(), true).weight(), DType.FLOAT32);
  }

  @Test
  void matrices() {
    var ops = backend.matmul();
    Tensor a = uniform(37, 65);
    Tensor b = uniform(19, 65);
    Tensor want = ops.multiply(rounded(a), false, rounded(b), true);
    for (DType left : TYPES) {
      for (DType right : TYPES) {
        for (DType type : TYPES) {
          if (left == DType.BFLOAT16 || right == DType.BFLOAT16) {
            assertSame(want, ops.multiply(cast(a, left), false, cast(b, right), true, type), type);
          }
        }
      }
    }
  }

  private void assertSame(Tensor want, Tensor got, DType type) {
    assertEquals(type, got.dtype());
    assertArrayEquals(
        cast(cast(want, type), DType.FLOAT32).toFloats(), cast(got, DType.FLOAT32).toFloats());
  }

  private Tensor uniform(int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(-1, 1);
    }
    return Tensor.of(backend.memory(), shape, values);
  }

  private Tensor rounded(Tensor t) {
    return cast(cast(t, DType.BFLOAT16), DType.FLOAT32);
  }

  private Tensor cast(Tensor t, DType type) {
    return t.dtype() == type ? t : backend.pointwise().cast(t, type);
  }
}
