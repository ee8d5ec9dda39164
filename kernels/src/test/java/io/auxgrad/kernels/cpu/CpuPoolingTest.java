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
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuPoolingTest {
  private static final Backend BACKEND = Backends.cpu();
  private static final float[] VALUES = {
    Float.NEGATIVE_INFINITY, -1, -0f, 0, 1, 2, 2, Float.POSITIVE_INFINITY, Float.NaN
  };

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

  // Few different values: ties everywhere, also of both zeros, windows of nothing but -Inf, several
  // NaN.
  @ParameterizedTest
  @CsvSource({
    "5, 1, 2, 9, 11, 21, 9",
    "5, 1, 2, 9, 11, 21, 8",
    "3, 2, 1, 8, 9, 16, 9",
    "2, 1, 1, 7, 5, 33, 8",
    "4, 1, 2, 6, 6, 17, 4",
    "7, 3, 3, 9, 10, 18, 9",
    "5, 1, 2, 3, 2, 32, 1",
    "2, 3, 0, 8, 9, 16, 9"
  })
  void tiesAndNanGoWhereTheDefinitionSays(
      int kernel, int stride, int pad, int h, int w, int c, int kinds) {
    Pool2dSpec spec = new Pool2dSpec(kernel, stride, pad);
    Shape shape = Shape.of(2, h, w, c);
    float[] x = new float[(int) shape.size()];
    for (int i = 0; i < x.length; i++) {
      x[i] = VALUES[random.nextInt(kinds)];
    }
    for (DType type : new DType[] {DType.FLOAT32, DType.BFLOAT16}) {
      check(spec, shape, x, type);
    }
  }

  private void check(Pool2dSpec spec, Shape shape, float[] x, DType type) {
    Shape out = spec.outputShape(shape);
    float[] dy = new float[(int) out.size()];
    for (int i = 0; i < dy.length; i++) {
      dy[i] = random.nextInt(9) - 4; // sums of these are exact in any order
    }
    float[] y = new float[dy.length];
    byte[] positions = new byte[dy.length];
    float[] dx = new float[x.length];
    reference(spec, shape, x, dy, y, positions, dx);

    PoolingOps.Max max = BACKEND.pooling().max(tensor(shape, x, type), spec, true);
    assertArrayEquals(y, floats(max.y()), spec + " " + type + " y");
    byte[] got = new byte[positions.length];
    max.positions().getBytes(MemorySegment.ofArray(got));
    assertArrayEquals(positions, got, spec + " " + type + " positions");
    Tensor without = BACKEND.pooling().max(tensor(shape, x, type), spec, false).y();
    assertArrayEquals(y, floats(without), spec + " " + type + " y without positions");
    Tensor gradient =
        BACKEND.pooling().maxBackward(tensor(out, dy, type), max.positions(), spec, shape);
    assertEquals(type, gradient.dtype());
    assertArrayEquals(dx, floats(gradient), spec + " " + type + " dx");
  }

  private static void reference(
      Pool2dSpec s, Shape shape, float[] x, float[] dy, float[] y, byte[] positions, float[] dx) {
    Shape out = s.outputShape(shape);
    int channels = shape.dim(3);
    for (int at = 0; at < y.length; at++) {
      int j = at / channels % out.dim(2);
      int i = at / channels / out.dim(2) % out.dim(1);
      int n = at / channels / out.dim(2) / out.dim(1);
      int best = -1;
      for (int p = 0; p < s.kernel() * s.kernel(); p++) {
        int row = i * s.stride() - s.pad() + p / s.kernel();
        int column = j * s.stride() - s.pad() + p % s.kernel();
        if (row < 0 || row >= shape.dim(1) || column < 0 || column >= shape.dim(2)) {
          continue;
        }
        int from = ((n * shape.dim(1) + row) * shape.dim(2) + column) * channels + at % channels;
        if (best < 0 || x[from] > x[best] || Float.isNaN(x[from])) {
          best = from;
          positions[at] = (byte) p;
        }
      }
      y[at] = x[best];
      dx[best] += dy[at];
    }
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

  private static Tensor tensor(Shape shape, float[] values, DType type) {
    return BACKEND.pointwise().cast(Tensor.of(BACKEND.memory(), shape, values), type);
  }

  private static float[] floats(Tensor t) {
    return BACKEND.pointwise().cast(t, DType.FLOAT32).toFloats();
  }
}
