package io.auxgrad.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.ConvolutionOps.WeightGradients;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** bfloat16 in: what float32 gives for factors that bfloat16 holds exactly, rounded once. */
class Bfloat16ProductsTest {
  private static final double ROUNDING = 0x1p-8;
  private static final double SUMMING = 1e-5;

  private final CpuBackend backend = new CpuBackend(2);
  private final Philox random = new Philox(20260101, 8);

  record Convolution(int n, int h, int w, int c, int o, int k, Conv2dSpec spec) {}

  static Stream<Convolution> convolutions() {
    return Stream.of(
        new Convolution(2, 7, 9, 5, 6, 3, Conv2dSpec.of(1, 1)),
        new Convolution(1, 8, 11, 3, 32, 3, Conv2dSpec.of(2, 1)),
        new Convolution(2, 6, 5, 17, 19, 1, Conv2dSpec.of(1, 0)),
        new Convolution(1, 9, 7, 16, 32, 1, Conv2dSpec.of(2, 0)),
        new Convolution(2, 13, 12, 32, 64, 3, Conv2dSpec.of(1, 2, 2, 1)),
        new Convolution(1, 6, 7, 6, 9, 3, Conv2dSpec.of(1, 1, 1, 3)),
        new Convolution(2, 10, 9, 24, 24, 3, Conv2dSpec.of(1, 1, 1, 24)),
        new Convolution(2, 30, 40, 144, 144, 3, Conv2dSpec.of(2, 1, 1, 144)),
        new Convolution(2, 11, 10, 48, 48, 3, Conv2dSpec.of(2, 1, 1, 48)),
        new Convolution(2, 5, 6, 33, 33, 1, Conv2dSpec.of(1, 0, 1, 33)),
        new Convolution(2, 18, 15, 64, 72, 1, Conv2dSpec.of(1, 0)),
        new Convolution(2, 15, 20, 256, 1, 3, Conv2dSpec.of(1, 1)),
        new Convolution(1, 9, 11, 64, 3, 3, Conv2dSpec.of(1, 1)),
        new Convolution(2, 7, 5, 64, 2, 3, Conv2dSpec.of(1, 2, 2, 1)));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void convolutionsRoundTheResultOnce(Convolution c) {
    try (var _ = TensorScope.open()) {
      Tensor x = exact(c.n(), c.h(), c.w(), c.c());
      Tensor w = exact(c.o(), c.k(), c.k(), c.c() / c.spec().groups());
      Tensor bias = exact(c.o());
      Tensor want = backend.convolution().forward(x, w, bias, c.spec(), Activation.RELU);
      Tensor half = narrow(x);
      for (DType type : new DType[] {DType.BFLOAT16, DType.FLOAT32}) {
        Tensor y = backend.convolution().forward(half, w, bias, c.spec(), Activation.RELU, type);
        assertClose(c + " output", type, want, y);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void gradientsTakeEitherTypeOfDy(Convolution c) {
    try (var _ = TensorScope.open()) {
      Tensor x = exact(c.n(), c.h(), c.w(), c.c());
      Tensor w = exact(c.o(), c.k(), c.k(), c.c() / c.spec().groups());
      Tensor dy = exact(c.spec().outputShape(x.shape(), w.shape()).dims());
      var ops = backend.convolution();
      Tensor dx = ops.gradInput(dy, w, c.spec(), x.shape());
      WeightGradients want = ops.gradWeight(x, dy, c.spec(), w.shape(), true);
      Tensor half = narrow(x);
      for (Tensor arrived : new Tensor[] {dy, narrow(dy)}) {
        assertClose(
            c + " dx",
            DType.BFLOAT16,
            dx,
            ops.gradInput(arrived, w, c.spec(), x.shape(), DType.BFLOAT16));
        WeightGradients got = ops.gradWeight(half, arrived, c.spec(), w.shape(), true);
        assertClose(c + " dw", DType.FLOAT32, want.weight(), got.weight());
        assertClose(c + " dbias", DType.FLOAT32, want.bias(), got.bias());
        WeightGradients alone = ops.gradWeight(half, arrived, c.spec(), w.shape(), false);
        assertClose(c + " dw without bias", DType.FLOAT32, want.weight(), alone.weight());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("factors")
  void matrixProducts(DType a, DType b, DType result) {
    try (var _ = TensorScope.open()) {
      Tensor left = exact(37, 65);
      Tensor right = exact(19, 65);
      Tensor want = backend.matmul().multiply(left, false, right, true);
      Tensor got = backend.matmul().multiply(as(a, left), false, as(b, right), true, result);
      assertClose(a + " by " + b, result, want, got);
    }
  }

  static Stream<Arguments> factors() {
    return Stream.of(DType.FLOAT32, DType.BFLOAT16)
        .flatMap(a ->
            Stream.of(DType.FLOAT32, DType.BFLOAT16)
                .flatMap(b ->
                    Stream.of(DType.FLOAT32, DType.BFLOAT16)
                        .filter(r -> r == DType.FLOAT32 || r == a || r == b)
                        .map(r -> Arguments.of(a, b, r))));
  }

  private static void assertClose(String what, DType type, Tensor want, Tensor got) {
    assertEquals(type, got.dtype(), what);
    float[] expected = want.toFloats();
    float[] values = as(DType.FLOAT32, got).toFloats();
    assertEquals(expected.length, values.length, what);
    double scale = 0;
    for (float v : expected) {
      scale = Math.max(scale, Math.abs(v));
    }
    double rounding = type == DType.BFLOAT16 ? ROUNDING : 0;
    for (int i = 0; i < values.length; i++) {
      double allowed = rounding * Math.abs(expected[i]) + SUMMING * scale;
      assertEquals(expected[i], values[i], allowed, what + " at " + i);
    }
  }

  /** Values that bfloat16 holds. */
  private Tensor exact(int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (random.nextInt(255) - 127) / 128f;
    }
    return Tensor.of(backend.memory(), shape, values);
  }

  private static Tensor narrow(Tensor t) {
    return as(DType.BFLOAT16, t);
  }

  private static Tensor as(DType type, Tensor t) {
    return t.dtype() == type ? t : Backends.of(t).pointwise().cast(t, type);
  }
}
