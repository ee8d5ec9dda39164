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
import io.auxgrad.tensor.ops.LossOps;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the op cases do not show of losses, on every backend. */
@ParameterizedClass
@MethodSource("backends")
class LossTest {
  private final Backend backend;
  private final LossOps loss;
  private final TensorScope scope = TensorScope.open();

  LossTest(NamedBackend named) {
    backend = named.backend();
    loss = backend.loss();
  }

  static List<NamedBackend> backends() {
    return TestBackends.all();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor floats(Shape shape, float... values) {
    return Tensor.of(backend.memory(), shape, values);
  }

  @Test
  void aLabelOutsideOfTheClassesIsNamedWithItsPlace() {
    int[] labels = new int[2 * 30 * 40];
    labels[1 * 1200 + 7 * 40 + 11] = 13;
    labels[1 * 1200 + 29 * 40] = -5;
    Tensor logits = floats(Shape.of(2, 30, 40, 13), new float[2 * 30 * 40 * 13]);
    Tensor target = Tensor.ofInts(backend.memory(), Shape.of(2, 30, 40), labels);
    var e =
        assertThrows(
            TensorException.class,
            () -> loss.crossEntropy(logits, target, 255, null, true).loss().item());
    assertEquals(
        "cross-entropy: label 13 at [1, 7, 11] is outside of [0,13) and is not the ignore index 255",
        e.getMessage());
  }

  @Test
  void ignoredPixelsMayHoldAnything() {
    float nan = Float.NaN;
    Tensor logits = floats(Shape.of(3, 2), 1, 2, nan, nan, 3, 1);
    Tensor labels = Tensor.ofInts(backend.memory(), Shape.of(3), 1, -1, 0);
    LossOps.Result result = loss.crossEntropy(logits, labels, -1, null, true);
    double want = (Math.log1p(Math.exp(-1)) + Math.log1p(Math.exp(-2))) / 2;
    assertEquals(want, result.loss().item(), 1e-6);
    float[] gradient = result.gradient().toFloats();
    assertEquals(0, gradient[2]);
    assertEquals(0, gradient[3]);
    assertEquals(0.5 * (1 / (1 + Math.exp(1))), gradient[0], 1e-6);
  }

  @Test
  void largeLogitsDoNotOverflow() {
    Tensor logits = floats(Shape.of(2, 3), 1e4f, -1e4f, 0, -1e30f, -1e30f, 1e30f);
    Tensor labels = Tensor.ofInts(backend.memory(), Shape.of(2), 1, 2);
    LossOps.Result result = loss.crossEntropy(logits, labels, -1, null, true);
    assertEquals(1e4, result.loss().item(), 1e-2);
    assertArrayEquals(new float[] {.5f, -.5f, 0, 0, 0, 0}, result.gradient().toFloats());
  }

  @Test
  void aLogitThatIsNoNumberMakesALossThatIsNone() {
    for (int classes : new int[] {1, 2, 13, 40}) {
      for (int at : new int[] {0, classes - 1}) {
        float[] x = new float[3 * classes];
        x[classes + at] = Float.NaN;
        Tensor logits = floats(Shape.of(3, classes), x);
        Tensor labels = Tensor.ofInts(backend.memory(), Shape.of(3), 0, 0, 0);
        LossOps.Result result = loss.crossEntropy(logits, labels, -1, null, true);
        assertTrue(Float.isNaN(result.loss().item()), classes + " classes, logit " + at);
      }
    }
  }

  @Test
  void predictionsInBfloat16HaveGradientsInBfloat16() {
    Tensor x = floats(Shape.of(2, 3), 1, 2, 3, 4, -5, 6);
    Tensor narrow = backend.pointwise().cast(x, DType.BFLOAT16);
    Tensor target = floats(Shape.of(2, 3), 0, 1, 0, 1, 0, 0);
    Tensor labels = Tensor.ofInts(backend.memory(), Shape.of(2), 1, 2);
    assertSame(
        loss.crossEntropy(x, labels, -1, null, true),
        loss.crossEntropy(narrow, labels, -1, null, true));
    assertSame(loss.cosine(x, target, null, true), loss.cosine(narrow, target, null, true));
    for (Penalty penalty : Penalty.values()) {
      assertSame(
          loss.regression(penalty, x, target, null, true),
          loss.regression(penalty, narrow, target, null, true));
    }
  }

  private void assertSame(LossOps.Result want, LossOps.Result got) {
    assertEquals(want.loss().item(), got.loss().item());
    assertEquals(DType.BFLOAT16, got.gradient().dtype());
    Tensor rounded = backend.pointwise().cast(want.gradient(), DType.BFLOAT16);
    assertArrayEquals(Array64.download(rounded).data(), Array64.download(got.gradient()).data());
  }

  @Test
  void theLossIsTheSameWithoutAGradient() {
    float[] x = new float[999 * 13];
    int[] y = new int[999];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(i) * 5;
      y[i / 13] = i % 13;
    }
    Tensor logits = floats(Shape.of(999, 13), x);
    Tensor labels = Tensor.ofInts(backend.memory(), Shape.of(999), y);
    LossOps.Result without = loss.crossEntropy(logits, labels, -1, null, false);
    assertEquals(
        loss.crossEntropy(logits, labels, -1, null, true).loss().item(), without.loss().item());
    assertEquals(null, without.gradient());
  }

  @Test
  void maskedPlacesMayHoldAnything() {
    int n = 37;
    float[] prediction = new float[n];
    float[] target = new float[n];
    byte[] mask = new byte[n];
    for (int i = 0; i < n; i++) {
      boolean valid = i % 3 != 0;
      mask[i] = (byte) (valid ? 200 : 0);
      prediction[i] = valid ? i : Float.NaN;
      target[i] = valid ? 1.5f : Float.POSITIVE_INFINITY;
    }
    Tensor valid = Tensor.ofBytes(backend.memory(), Shape.of(n), mask);
    for (Penalty penalty : Penalty.values()) {
      LossOps.Result result =
          loss.regression(
              penalty, floats(Shape.of(n), prediction), floats(Shape.of(n), target), valid, true);
      assertTrue(Float.isFinite(result.loss().item()), penalty.toString());
      float[] gradient = result.gradient().toFloats();
      for (int i = 0; i < n; i++) {
        assertEquals(mask[i] == 0, gradient[i] == 0, penalty + " " + i);
      }
    }
  }

  @Test
  void berhuBendsAtAFifthOfTheLargestValidError() {
    int n = 21;
    float[] e = new float[n];
    byte[] mask = new byte[n];
    Arrays.fill(mask, (byte) 1);
    for (int i = 0; i < n; i++) {
      e[i] = i * 0.5f - 5;
    }
    e[20] = 1000;
    mask[20] = 0;
    LossOps.Result result =
        loss.regression(
            Penalty.BERHU,
            floats(Shape.of(n), e),
            floats(Shape.of(n), new float[n]),
            Tensor.ofBytes(backend.memory(), Shape.of(n), mask),
            true);
    double sum = 0;
    float[] gradient = result.gradient().toFloats();
    for (int i = 0; i < 20; i++) {
      double size = Math.abs(e[i]);
      sum += size <= 1 ? size : (size * size + 1) / 2;
      double slope = size <= 1 ? Math.signum(e[i]) : e[i];
      assertEquals(slope / 20, gradient[i], 1e-6, "at " + e[i]);
    }
    assertEquals(sum / 20, result.loss().item(), 1e-6);
  }

  @Test
  void nothingValidMeansNoLossAndNoGradient() {
    Tensor none = Tensor.ofBytes(backend.memory(), Shape.of(2), new byte[2]);
    Tensor x = floats(Shape.of(2), 1, 2);
    LossOps.Result l1 = loss.regression(Penalty.BERHU, x, floats(Shape.of(2), 5, 5), none, true);
    assertEquals(0, l1.loss().item());
    assertArrayEquals(new float[2], l1.gradient().toFloats());
    Tensor v = floats(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    LossOps.Result cosine = loss.cosine(v, v, none, true);
    assertEquals(0, cosine.loss().item());
    assertArrayEquals(new float[6], cosine.gradient().toFloats());
  }

  @Test
  void cosineOfAZeroVectorIsFinite() {
    Tensor x = floats(Shape.of(1, 3), 0, 0, 0);
    LossOps.Result result = loss.cosine(x, floats(Shape.of(1, 3), 0, 0, 1), null, true);
    assertEquals(1, result.loss().item());
    for (float g : result.gradient().toFloats()) {
      assertTrue(Float.isFinite(g));
    }
  }
}
