package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.cases.TestBackends.NamedBackend;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.ReductionOps.Kind;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cases do not show of reductions: extremes, and sizes that many blocks share. */
@ParameterizedClass
@MethodSource("io.auxgrad.kernels.cases.TestBackends#all")
class ReductionTest {
  private static final float NAN = Float.NaN;
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  private final Backend backend;

  ReductionTest(NamedBackend target) {
    backend = target.backend();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 13, 15, 16, 17, 40, 64, 100})
  void argmaxTakesTheFirstOfEqualsAndNanBeforeAll(int n) {
    float[] x = new float[4 * n];
    Arrays.fill(x, 0, n, -INFINITY);
    x[2 * n - 1] = 1;
    x[2 * n + n / 2] = NAN;
    x[3 * n + n / 3] = 7;
    x[4 * n - 1] = 7;
    try (var _ = TensorScope.open()) {
      Tensor t = Tensor.of(backend.memory(), Shape.of(4, n), x);
      assertArrayEquals(new int[] {0, n - 1, n / 2, n / 3}, backend.reduction().argmax(t).toInts());
    }
  }

  @Test
  void longSumsKeepTheirDigits() {
    int n = 3_000_001;
    float[] x = new float[n];
    Arrays.fill(x, 0.1f);
    try (var _ = TensorScope.open()) {
      Tensor t = Tensor.of(backend.memory(), Shape.of(n), x);
      double want = n * (double) 0.1f;
      assertEquals(want, backend.reduction().reduce(Kind.SUM, t).item(), want * 1e-7);
      Tensor column = t.reshape(Shape.of(n, 1));
      assertEquals(want, backend.reduction().reduce(Kind.SUM, column, 0).item(), want * 1e-7);
      Tensor rows = Tensor.of(backend.memory(), Shape.of(n / 3, 3), Arrays.copyOf(x, n / 3 * 3));
      for (float sum : backend.reduction().reduce(Kind.SUM, rows, 0).toFloats()) {
        assertEquals(want / 3, sum, want / 3 * 1e-6);
      }
    }
  }

  @Test
  void nanIsBothLargestAndSmallest() {
    for (int length : new int[] {3, 70, 20_000}) {
      float[] x = new float[2 * length];
      x[length + length / 2] = NAN;
      try (var _ = TensorScope.open()) {
        Tensor rows = Tensor.of(backend.memory(), Shape.of(2, length), x);
        for (Kind kind : new Kind[] {Kind.MAX, Kind.MIN}) {
          float[] y = backend.reduction().reduce(kind, rows, 1).toFloats();
          assertEquals(0, y[0]);
          assertTrue(Float.isNaN(y[1]), kind + " of " + length);
          float[] columns = backend.reduction().reduce(kind, rows, 0).toFloats();
          assertTrue(Float.isNaN(columns[length / 2]));
          assertEquals(0, columns[0]);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 13, 16, 40, 5000})
  void softmaxSurvivesExtremes(int n) {
    float[] x = new float[3 * n];
    Arrays.fill(x, n, 2 * n, 1e30f);
    Arrays.fill(x, 2 * n, 3 * n, -INFINITY);
    x[2 * n + n / 2] = -1e30f;
    try (var _ = TensorScope.open()) {
      Tensor t = Tensor.of(backend.memory(), Shape.of(3, n), x);
      float[] y = backend.reduction().softmax(t).toFloats();
      for (int i = 0; i < 2 * n; i++) {
        assertEquals(1f / n, y[i], 1e-6f / n);
      }
      for (int i = 0; i < n; i++) {
        assertEquals(i == n / 2 ? 1 : 0, y[2 * n + i]);
      }
    }
  }

  /** Rows of odd lengths begin anywhere; so many of them have a warp each. */
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "BFLOAT16"})
  void manyLongRowsAgreeWithFewOfThem(DType type) {
    int rows = 4099;
    int columns = 263;
    try (var _ = TensorScope.open()) {
      float[] values = new float[rows * columns];
      for (int i = 0; i < values.length; i++) {
        values[i] = (i * 31 % 997 - 400) / 128f;
      }
      Shape shape = Shape.of(rows, columns);
      Tensor many = cast(Tensor.of(backend.memory(), shape, values), type);
      Tensor few = backend.indexing().slice(many, 0, rows - 3, 3);
      var reduction = backend.reduction();
      assertArrayEquals(reduction.argmax(few).toInts(), tail(reduction.argmax(many)).toInts());
      Tensor y = reduction.softmax(many);
      Tensor fewY = reduction.softmax(few);
      assertClose(fewY, tail(y), type);
      assertClose(
          reduction.softmaxBackward(few, tail(y)), tail(reduction.softmaxBackward(many, y)), type);
      assertClose(reduction.unitVectors(few), tail(reduction.unitVectors(many)), type);
      float[] sums = reduction.reduce(Kind.SUM, y, 1).toFloats();
      for (float sum : sums) {
        assertEquals(1, sum, type == DType.FLOAT32 ? 1e-5 : 1e-2);
      }
    }
  }

  private Tensor cast(Tensor x, DType type) {
    return type == x.dtype() ? x : backend.pointwise().cast(x, type);
  }

  private Tensor tail(Tensor x) {
    return backend.indexing().slice(x, 0, x.shape().dim(0) - 3, 3);
  }

  /** Sums of another order: a few roundings of float32, or one of bfloat16. */
  private void assertClose(Tensor want, Tensor got, DType type) {
    float[] a = cast(want, DType.FLOAT32).toFloats();
    float[] b = cast(got, DType.FLOAT32).toFloats();
    for (int i = 0; i < a.length; i++) {
      assertEquals(a[i], b[i], 1e-6f + Math.abs(a[i]) * (type == DType.FLOAT32 ? 4e-6f : 0.008f));
    }
  }

  @Test
  void vectorsOfAnySizeComeToLengthOneAndZerosStay() {
    float[] x = {3e-30f, -4e-30f, 0, 0, 3e30f, 4e30f, NAN, 1};
    try (var _ = TensorScope.open()) {
      Tensor vectors = Tensor.of(backend.memory(), Shape.of(4, 2), x);
      float[] want = {0.6f, -0.8f, 0, 0, 0.6f, 0.8f, NAN, NAN};
      assertArrayEquals(want, backend.reduction().unitVectors(vectors).toFloats(), 1e-7f);
    }
  }

  @Test
  void nothingSumsToZero() {
    try (var _ = TensorScope.open()) {
      Tensor none = Tensor.of(backend.memory(), Shape.of(0, 3));
      assertArrayEquals(new float[3], backend.reduction().sumTo(none, Shape.of(3)).toFloats());
      assertEquals(0, backend.reduction().sumTo(none, Shape.scalar()).item());
      assertEquals(Shape.of(0, 3), backend.reduction().softmax(none).shape());
    }
  }
}
