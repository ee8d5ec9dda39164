package io.auxgrad.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CpuIndexingTest {
  private final Backend backend = Backends.cpu();
  private final TensorScope scope = TensorScope.open();

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

  @Test
  void confusionRefusesWhatIsNoClass() {
    Tensor counts = Tensor.zeros(backend.memory(), DType.INT32, Shape.of(3, 3));
    Tensor good = Tensor.ofInts(backend.memory(), Shape.of(2, 2), 0, 1, 2, 2);
    Tensor bad = Tensor.ofInts(backend.memory(), Shape.of(2, 2), 0, 1, 3, -1);
    var e =
        assertThrows(
            TensorException.class, () -> backend.indexing().confusion(bad, good, -1, counts));
    assertEquals("confusion: prediction 3 at [1, 0] is outside of [0,3)", e.getMessage());
    e =
        assertThrows(
            TensorException.class, () -> backend.indexing().confusion(good, bad, -1, counts));
    assertEquals(
        "confusion: target 3 at [1, 0] is outside of [0,3) and is not the ignore index -1",
        e.getMessage());
    assertArrayEquals(new int[9], counts.toInts());
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
