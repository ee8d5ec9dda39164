package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.kernels.cases.TestBackends.NamedBackend;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.AdamStep;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.OptimizerOps;
import io.auxgrad.tensor.ops.OptimizerOps.Adam;
import io.auxgrad.tensor.ops.OptimizerOps.Sgd;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Many tensors at once, and what float32 would lose. */
@ParameterizedClass
@MethodSource("io.auxgrad.kernels.cases.TestBackends#all")
class OptimizerTest {
  private static final int[] SIZES = {1, 17, 40_000, 3, 5, 64, 33_001, 1, 0, 2};

  /** More than one launch takes. */
  private static final int COUNT = 170;

  private final Backend backend;
  private final TensorScope scope = TensorScope.open();

  OptimizerTest(NamedBackend target) {
    backend = target.backend();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private List<Tensor> tensors(double phase) {
    List<Tensor> list = new ArrayList<>();
    for (int k = 0; k < COUNT; k++) {
      int size = SIZES[k % SIZES.length] / (1 + k / SIZES.length);
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        values[i] = (float) Math.sin(i + phase + list.size());
      }
      list.add(Tensor.of(backend.memory(), Shape.of(size), values));
    }
    return list;
  }

  private static void assertSame(List<Tensor> a, List<Tensor> b) {
    for (int i = 0; i < a.size(); i++) {
      assertArrayEquals(a.get(i).toFloats(), b.get(i).toFloats(), "tensor " + i);
    }
  }

  @Test
  void manyTensorsAtOnceAreAsOneByOne() {
    Tensor sgd = new Sgd(0.1f, 0.9f, 0.1f, true, 0.01f).on(backend.memory());
    Adam settings = new Adam(0.1f, 0.9f, 0.999f, 1e-8f, 0.01f, false);
    Tensor adam = AdamStep.of(settings, 2).on(backend.memory());
    List<Tensor> p = tensors(0);
    List<Tensor> v = tensors(2);
    List<Tensor> q = tensors(0);
    List<Tensor> u = tensors(2);
    List<Tensor> g = tensors(1);
    List<Tensor> squares = tensors(7);
    List<Tensor> otherSquares = tensors(7);
    backend.optimizer().sgd(p, g, v, false, sgd, null);
    backend.optimizer().average(squares, g, 0, null);
    backend.optimizer().scale(squares, 0);
    backend.optimizer().adam(p, g, v, squares, adam, null);
    for (int i = 0; i < p.size(); i++) {
      List<Tensor> one = List.of(q.get(i));
      List<Tensor> gradient = List.of(g.get(i));
      List<Tensor> square = List.of(otherSquares.get(i));
      backend.optimizer().sgd(one, gradient, List.of(u.get(i)), false, sgd, null);
      backend.optimizer().average(square, gradient, 0, null);
      backend.optimizer().scale(square, 0);
      backend.optimizer().adam(one, gradient, List.of(u.get(i)), square, adam, null);
    }
    assertSame(p, q);
    assertSame(v, u);
    assertSame(squares, otherSquares);
  }

  @Test
  void theFirstStepDoesNotReadTheVelocity() {
    Tensor p = Tensor.of(backend.memory(), Shape.of(40), new float[40]);
    float[] ones = new float[40];
    java.util.Arrays.fill(ones, 1);
    Tensor g = Tensor.of(backend.memory(), Shape.of(40), ones);
    float[] rubbish = new float[40];
    java.util.Arrays.fill(rubbish, Float.NaN);
    Tensor v = Tensor.of(backend.memory(), Shape.of(40), rubbish);
    Sgd sgd = new Sgd(0.5f, 0.9f, 0.5f, false, 0);
    backend
        .optimizer()
        .sgd(List.of(p), List.of(g), List.of(v), true, sgd.on(backend.memory()), null);
    for (int i = 0; i < 40; i++) {
      assertEquals(-0.5f, p.toFloats()[i]);
      assertEquals(1, v.toFloats()[i]);
    }
  }

  /** What is not finite halts the step, and all that come after it. */
  @ParameterizedTest
  @CsvSource({"NaN, 1, -1", "1, NaN, 1", "1, Infinity, 1", "Infinity, NaN, -1"})
  void aVerdictHaltsTheStep(float loss, float gradient, int culprit) {
    List<Tensor> values = List.of(vector(1, 2), vector(3, 4, 5));
    List<Tensor> kept = List.of(vector(1, 2), vector(3, 4, 5));
    List<Tensor> gradients = List.of(vector(1, 1), vector(1, gradient, 1));
    List<Tensor> fine = List.of(vector(1, 1), vector(1, 1, 1));
    Tensor verdict = vector(0, 0, 0);
    OptimizerOps ops = backend.optimizer();
    ops.clip(vector(1, loss), gradients, 0.5, verdict);
    assertArrayEquals(new float[] {1, culprit, 1}, verdict.toFloats());
    assertArrayEquals(new float[] {1, 1}, gradients.getFirst().toFloats());
    ops.clip(vector(1), fine, 0.5, verdict);
    assertArrayEquals(new float[] {1, culprit, 1}, verdict.toFloats());
    assertArrayEquals(new float[] {1, 1}, fine.getFirst().toFloats());
    Tensor sgd = new Sgd(0.5f, 0.9f, 0, false, 0).on(backend.memory());
    Adam settings = new Adam(0.1f, 0.9f, 0.999f, 1e-8f, 0.01f, false);
    Tensor adam = AdamStep.of(settings, 2).on(backend.memory());
    ops.sgd(values, fine, null, false, sgd, verdict);
    ops.sgd(values, fine, fine, true, sgd, verdict);
    ops.sgd(values, fine, fine, false, sgd, verdict);
    ops.adam(values, fine, fine, fine, adam, verdict);
    ops.average(values, fine, 0.5f, verdict);
    assertSame(kept, values);
    assertArrayEquals(new float[] {1, 1}, fine.getFirst().toFloats());
  }

  private Tensor vector(float... values) {
    return Tensor.of(backend.memory(), Shape.of(values.length), values);
  }

  @Test
  void squaresAreSummedInFloat64() {
    Tensor big = Tensor.of(backend.memory(), Shape.of(3), 1e20f, 2e20f, 1);
    double sum = backend.optimizer().sumOfSquares(List.of(big, big));
    assertEquals(2 * (1e20f * (double) 1e20f + 2e20f * (double) 2e20f + 1), sum, sum * 1e-12);
    assertEquals(0, backend.optimizer().sumOfSquares(List.of()));
  }
}
