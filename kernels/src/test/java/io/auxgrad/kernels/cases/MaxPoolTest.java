package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.kernels.cases.TestBackends.NamedBackend;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.Pool2dSpec;
import io.auxgrad.tensor.ops.PoolingOps;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Which of several places the maximum is at, on every backend that this machine has. */
class MaxPoolTest {
  private static final float[] VALUES = {
    Float.NEGATIVE_INFINITY, -1, -0f, 0, 1, 2, 2, Float.POSITIVE_INFINITY, Float.NaN
  };

  /** Windows over images of the first {@code kinds} values. */
  private record Case(Pool2dSpec spec, Shape shape, int kinds) {
    static Case of(int kernel, int stride, int pad, int h, int w, int c, int kinds) {
      return new Case(new Pool2dSpec(kernel, stride, pad), Shape.of(2, h, w, c), kinds);
    }
  }

  // Few different values: ties everywhere, also of both zeros, windows of nothing but -Inf, several
  // NaN.
  private static final List<Case> CASES =
      List.of(
          Case.of(5, 1, 2, 9, 11, 21, 9),
          Case.of(5, 1, 2, 9, 11, 21, 8),
          Case.of(5, 1, 2, 9, 11, 20, 9),
          Case.of(5, 1, 2, 8, 7, 32, 8),
          Case.of(5, 1, 2, 3, 2, 32, 1),
          Case.of(5, 1, 2, 1, 3, 16, 7),
          Case.of(5, 1, 2, 9, 20, 80, 7),
          Case.of(5, 1, 2, 6, 45, 48, 7),
          Case.of(3, 2, 1, 8, 9, 16, 9),
          Case.of(2, 1, 1, 7, 5, 33, 8),
          Case.of(4, 1, 2, 6, 6, 17, 4),
          Case.of(7, 3, 3, 9, 10, 18, 9),
          Case.of(15, 1, 7, 17, 16, 8, 8),
          Case.of(2, 3, 0, 8, 9, 16, 9));

  private final Philox random = new Philox(20260101, 9);

  @TestFactory
  Stream<DynamicTest> tiesAndNanGoWhereTheDefinitionSays() {
    return TestBackends.all().stream().flatMap(target -> CASES.stream().map(c -> test(target, c)));
  }

  private DynamicTest test(NamedBackend target, Case c) {
    return DynamicTest.dynamicTest(
        target.name() + " " + c,
        () -> {
          float[] x = new float[(int) c.shape().size()];
          for (int i = 0; i < x.length; i++) {
            x[i] = VALUES[random.nextInt(c.kinds())];
          }
          for (DType type : new DType[] {DType.FLOAT32, DType.BFLOAT16}) {
            try (TensorScope _ = TensorScope.open()) {
              check(target.backend(), c, x, type);
            }
          }
        });
  }

  private void check(Backend backend, Case c, float[] x, DType type) {
    Shape out = c.spec().outputShape(c.shape());
    float[] dy = new float[(int) out.size()];
    for (int i = 0; i < dy.length; i++) {
      dy[i] = random.nextInt(9) - 4; // sums of these are exact in any order
    }
    Expected expected = Expected.of(c, x, dy);

    Tensor image = tensor(backend, c.shape(), x, type);
    PoolingOps.Max max = backend.pooling().max(image, c.spec(), true);
    assertArrayEquals(expected.y(), floats(backend, max.y()), type + " y");
    byte[] got = new byte[dy.length];
    max.positions().getBytes(MemorySegment.ofArray(got));
    assertArrayEquals(expected.positions(), got, type + " positions");
    Tensor without = backend.pooling().max(image, c.spec(), false).y();
    assertArrayEquals(expected.y(), floats(backend, without), type + " y without positions");
    PoolingOps.MaxAndSum both = backend.pooling().maxAndSum(image, c.spec(), image);
    assertArrayEquals(expected.y(), floats(backend, both.y()), type + " y beside a sum");
    Tensor twice = backend.pointwise().binary(BinaryOp.ADD, image, image);
    assertArrayEquals(floats(backend, twice), floats(backend, both.sum()), type + " sum");
    Tensor slopes = tensor(backend, out, dy, type);
    Tensor gradient = backend.pooling().maxBackward(slopes, max.positions(), c.spec(), c.shape());
    assertEquals(type, gradient.dtype());
    assertArrayEquals(expected.dx(), floats(backend, gradient), type + " dx");
  }

  /** What the definition says. */
  private record Expected(float[] y, byte[] positions, float[] dx) {
    static Expected of(Case c, float[] x, float[] dy) {
      Expected all = new Expected(new float[dy.length], new byte[dy.length], new float[x.length]);
      for (int at = 0; at < dy.length; at++) {
        all.find(c, x, at);
        all.dx[all.from(c, at, Byte.toUnsignedInt(all.positions[at]))] += dy[at];
      }
      return all;
    }

    private void find(Case c, float[] x, int at) {
      int best = -1;
      for (int p = 0; p < c.spec().kernel() * c.spec().kernel(); p++) {
        int from = from(c, at, p);
        if (from >= 0 && (best < 0 || x[from] > x[best] || Float.isNaN(x[from]))) {
          best = from;
          positions[at] = (byte) p;
        }
      }
      y[at] = x[best];
    }

    /** Where place {@code p} of the window of output {@code at} lies in the image, or -1. */
    private int from(Case c, int at, int p) {
      Pool2dSpec spec = c.spec();
      Shape shape = c.shape();
      Shape out = spec.outputShape(shape);
      int channels = shape.dim(3);
      int pixel = at / channels;
      int image = pixel / out.dim(2) / out.dim(1);
      int row = pixel / out.dim(2) % out.dim(1) * spec.stride() - spec.pad() + p / spec.kernel();
      int column = pixel % out.dim(2) * spec.stride() - spec.pad() + p % spec.kernel();
      boolean inside = row >= 0 && row < shape.dim(1) && column >= 0 && column < shape.dim(2);
      return inside
          ? ((image * shape.dim(1) + row) * shape.dim(2) + column) * channels + at % channels
          : -1;
    }
  }

  private static Tensor tensor(Backend backend, Shape shape, float[] values, DType type) {
    return backend.pointwise().cast(Tensor.of(backend.memory(), shape, values), type);
  }

  private static float[] floats(Backend backend, Tensor t) {
    return backend.pointwise().cast(t, DType.FLOAT32).toFloats();
  }
}
