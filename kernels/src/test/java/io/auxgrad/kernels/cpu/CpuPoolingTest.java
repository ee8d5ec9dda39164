package io.auxgrad.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.Pool2dSpec;
import io.auxgrad.tensor.ops.PoolingOps;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuPoolingTest {
  private static final Backend BACKEND = Backends.cpu();

  private final Philox random = new Philox(20260101, 9);
  private TensorScope scope;

  @BeforeEach
  void openScope() {
    scope = TensorScope.open();
  }

  @AfterEach
  void closeScope() {
    scope.close();
  }

  @ParameterizedTest
  @CsvSource({"3, 2, 1", "2, 2, 0", "5, 1, 2"})
  void meansInBfloat16AreRoundedOnce(int kernel, int stride, int pad) {
    Pool2dSpec spec = new Pool2dSpec(kernel, stride, pad);
    PoolingOps pooling = BACKEND.pooling();
    Shape shape = Shape.of(2, 7, 9, 21);
    Tensor x = BACKEND.pointwise().cast(uniform(shape), DType.BFLOAT16);
    Tensor wide = BACKEND.pointwise().cast(x, DType.FLOAT32);
    assertRounded(pooling.average(wide, spec), pooling.average(x, spec));
    assertRounded(pooling.global(wide), pooling.global(x));
    Tensor dy = BACKEND.pointwise().cast(uniform(spec.outputShape(shape)), DType.BFLOAT16);
    Tensor wideDy = BACKEND.pointwise().cast(dy, DType.FLOAT32);
    assertRounded(
        pooling.averageBackward(wideDy, spec, shape), pooling.averageBackward(dy, spec, shape));
    Tensor one = pooling.global(x);
    Tensor wideOne = BACKEND.pointwise().cast(one, DType.FLOAT32);
    assertRounded(pooling.globalBackward(wideOne, shape), pooling.globalBackward(one, shape));
  }

  private static void assertRounded(Tensor wide, Tensor brief) {
    assertEquals(DType.BFLOAT16, brief.dtype());
    assertArrayEquals(floats(BACKEND.pointwise().cast(wide, DType.BFLOAT16)), floats(brief));
  }

  private Tensor uniform(Shape shape) {
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(-3, 3);
    }
    return Tensor.of(BACKEND.memory(), shape, values);
  }

  private static float[] floats(Tensor t) {
    return BACKEND.pointwise().cast(t, DType.FLOAT32).toFloats();
  }
}
