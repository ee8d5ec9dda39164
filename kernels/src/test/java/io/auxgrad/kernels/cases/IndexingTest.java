package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.cases.TestBackends.NamedBackend;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Elements of every width, many parts, and labels that are none. */
@ParameterizedClass
@MethodSource("io.auxgrad.kernels.cases.TestBackends#all")
class IndexingTest {
  private final Backend backend;
  private final TensorScope scope = TensorScope.open();

  IndexingTest(NamedBackend target) {
    backend = target.backend();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor ramp(DType type, int... dims) {
    Shape shape = Shape.of(dims);
    int[] values = new int[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 251;
    }
    return backend.pointwise().cast(Tensor.ofInts(backend.memory(), shape, values), type);
  }

  private int[] ints(Tensor t) {
    return backend.pointwise().cast(t, DType.INT32).toInts();
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void permutesElementsOfEveryWidth(DType type) {
    Tensor x = ramp(type, 2, 33, 35, 3);
    int[] got = ints(backend.indexing().permute(x, 0, 3, 1, 2));
    int[] source = ints(x);
    for (int n = 0, i = 0; n < 2; n++) {
      for (int c = 0; c < 3; c++) {
        for (int p = 0; p < 33 * 35; p++, i++) {
          assertEquals(source[(n * 33 * 35 + p) * 3 + c], got[i]);
        }
      }
    }
    Tensor back = backend.indexing().permute(backend.indexing().permute(x, 2, 0, 3, 1), 1, 3, 0, 2);
    assertArrayEquals(source, ints(back));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void concatAndSliceAreInverse(DType type) {
    Tensor a = ramp(type, 3, 50, 7);
    Tensor b = ramp(type, 3, 50, 300);
    Tensor both = backend.indexing().concat(List.of(a, b, a), 2);
    assertArrayEquals(ints(a), ints(backend.indexing().slice(both, 2, 0, 7)));
    assertArrayEquals(ints(b), ints(backend.indexing().slice(both, 2, 7, 300)));
    assertArrayEquals(ints(a), ints(backend.indexing().slice(both, -1, 307, 7)));
  }

  /** Of one or many rows, with parts that are wide, narrow and empty. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void manyPartsMakeOne(int axis) {
    Tensor x = ramp(DType.UINT8, 32, 96, 48);
    List<Tensor> parts = new ArrayList<>();
    int extent = x.shape().dim(axis);
    for (int at = 0; at < extent; at++) {
      parts.add(backend.indexing().slice(x, axis, at, 1));
      parts.add(backend.indexing().slice(x, axis, at, 0));
      parts.add(backend.indexing().slice(x, axis, at, 0));
    }
    Tensor y = backend.indexing().concat(parts, axis);
    assertArrayEquals(x.toBytes(), y.toBytes());
    Tensor middle = backend.indexing().slice(x, axis, 16, 16);
    Tensor dx = backend.indexing().sliceBackward(middle, axis, 16, x.shape());
    assertArrayEquals(middle.toBytes(), backend.indexing().slice(dx, axis, 16, 16).toBytes());
    Tensor before = backend.indexing().slice(dx, axis, 0, 16);
    assertArrayEquals(new byte[(int) before.size()], before.toBytes());
  }

  @Test
  void emptyTensorsMoveToo() {
    Tensor none = ramp(DType.FLOAT32, 3, 0, 5);
    assertEquals(Shape.of(5, 3, 0), backend.indexing().permute(none, 2, 0, 1).shape());
    assertEquals(Shape.of(3, 0, 10), backend.indexing().concat(List.of(none, none), 2).shape());
    Tensor dx = backend.indexing().sliceBackward(none, 1, 1, Shape.of(3, 2, 5));
    assertArrayEquals(new float[30], dx.toFloats());
  }

  /** A GPU says so when it is waited for. */
  private String complaint(Tensor predictions, Tensor targets, Tensor counts) {
    return assertThrows(
            TensorException.class,
            () -> {
              backend.indexing().confusion(predictions, targets, -1, counts);
              counts.toInts();
            })
        .getMessage();
  }

  @Test
  void confusionRefusesWhatIsNoClass() {
    Tensor counts = Tensor.zeros(backend.memory(), DType.INT32, Shape.of(3, 3));
    Tensor good = Tensor.ofInts(backend.memory(), Shape.of(2, 2), 0, 1, 2, 2);
    Tensor bad = Tensor.ofInts(backend.memory(), Shape.of(2, 2), 0, 1, 3, -1);
    assertEquals(
        "confusion: prediction 3 at [1, 0] is outside of [0,3)", complaint(bad, good, counts));
    assertEquals(
        "confusion: target 3 at [1, 0] is outside of [0,3) and is not the ignore index -1",
        complaint(good, bad, counts));
    for (int count : counts.toInts()) {
      assertTrue(count <= 2, "what is no class was counted");
    }
  }

  @Test
  void confusionAddsUp() {
    int[] labels = new int[100_000];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 4;
    }
    Tensor t = Tensor.ofInts(backend.memory(), Shape.of(labels.length), labels);
    Tensor counts = Tensor.zeros(backend.memory(), DType.INT32, Shape.of(4, 4));
    backend.indexing().confusion(t, t, 3, counts);
    backend.indexing().confusion(t, t, 3, counts);
    int n = 50_000;
    assertArrayEquals(new int[] {n, 0, 0, 0, 0, n, 0, 0, 0, 0, n, 0, 0, 0, 0, 0}, counts.toInts());
  }
}
