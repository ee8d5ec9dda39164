package io.auxgrad.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.NormalizationOps;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuNormalizationTest {
  private static final Backend BACKEND = Backends.cpu();
  private static final NormalizationOps NORM = BACKEND.normalization();
  private static final float EPS = 1e-3f;
  private static final int CHANNELS = 37;
  private static final Shape SHAPE = Shape.of(3, 19, 23, CHANNELS);

  private final Philox random = new Philox(20260101, 11);
  private TensorScope scope;
  private Tensor gamma;
  private Tensor beta;

  @BeforeEach
  void openScope() {
    scope = TensorScope.open();
    gamma = uniform(Shape.of(CHANNELS));
    beta = uniform(Shape.of(CHANNELS));
  }

  @AfterEach
  void closeScope() {
    scope.close();
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void theMaskFromTheInputIsTheOneFromTheOutput(Activation activation) {
    Tensor x = uniform(SHAPE);
    Tensor dy = uniform(SHAPE);
    NormalizationOps.Trained out = train(x, null, activation);
    assertSame(
        backward(dy, x, out.y(), out, activation, false),
        backward(dy, x, null, out, activation, false));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x7FFFFFFF, 0xFFFFFFFF, 0x7F800001})
  void everyNaNOfAParameterStaysNaN(int bits) {
    int bad = 5;
    float[] factors = gamma.toFloats();
    factors[bad] = Float.intBitsToFloat(bits);
    gamma = Tensor.of(BACKEND.memory(), gamma.shape(), factors);
    Tensor x = brief(uniform(SHAPE));
    NormalizationOps.Trained out = train(x, null, Activation.RELU6);
    Tensor dx = backward(brief(uniform(SHAPE)), x, null, out, Activation.RELU6, false).x();
    for (Tensor result : new Tensor[] {out.y(), dx}) {
      float[] values = wide(result).toFloats();
      for (int i = 0; i < values.length; i++) {
        assertEquals(i % CHANNELS == bad, Float.isNaN(values[i]), "element " + i);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void bfloat16IsFloat32RoundedOnce(Activation activation) {
    Tensor x = brief(uniform(SHAPE));
    Tensor residual = brief(uniform(SHAPE));
    Tensor dy = brief(uniform(SHAPE));
    for (Tensor added : new Tensor[] {null, residual}) {
      NormalizationOps.Trained got = train(x, added, activation);
      NormalizationOps.Trained want = train(wide(x), wide(added), activation);
      assertRounded(want.y(), got.y());
      assertArrayEquals(want.mean().toFloats(), got.mean().toFloats());
      assertArrayEquals(want.invStd().toFloats(), got.invStd().toFloats());
      Tensor variance = BACKEND.pointwise().affine(beta, 0, 2);
      assertRounded(
          NORM.infer(wide(x), gamma, beta, wide(added), beta, variance, EPS, activation),
          NORM.infer(x, gamma, beta, added, beta, variance, EPS, activation));

      Tensor y = added == null ? null : got.y();
      var gradients = backward(dy, x, y, got, activation, added != null);
      var wanted = backward(wide(dy), wide(x), wide(y), got, activation, added != null);
      assertRounded(wanted.x(), gradients.x());
      assertArrayEquals(wanted.gamma().toFloats(), gradients.gamma().toFloats());
      assertArrayEquals(wanted.beta().toFloats(), gradients.beta().toFloats());
      if (added != null) {
        assertRounded(wanted.residual(), gradients.residual());
      }
    }
  }

  @Test
  void saysWhatItNeeds() {
    Tensor x = uniform(SHAPE);
    NormalizationOps.Trained out = train(x, null, Activation.RELU);
    String needsY =
        assertThrows(TensorException.class, () -> backward(x, x, null, out, Activation.RELU, true))
            .getMessage();
    assertTrue(needsY.contains("needs y"), needsY);
    String types =
        assertThrows(TensorException.class, () -> train(x, brief(x), Activation.RELU)).getMessage();
    assertTrue(types.contains("residual is BFLOAT16 but input is FLOAT32"), types);
  }

  private NormalizationOps.Trained train(Tensor x, Tensor residual, Activation activation) {
    return NORM.train(x, gamma, beta, residual, null, null, 0, EPS, activation);
  }

  private NormalizationOps.Gradients backward(
      Tensor dy,
      Tensor x,
      Tensor y,
      NormalizationOps.Trained out,
      Activation activation,
      boolean withResidual) {
    return NORM.backward(
        dy, x, y, gamma, beta, out.mean(), out.invStd(), activation, true, withResidual);
  }

  private static void assertSame(NormalizationOps.Gradients a, NormalizationOps.Gradients b) {
    assertArrayEquals(a.x().toFloats(), b.x().toFloats());
    assertArrayEquals(a.gamma().toFloats(), b.gamma().toFloats());
    assertArrayEquals(a.beta().toFloats(), b.beta().toFloats());
  }

  private static void assertRounded(Tensor wide, Tensor brief) {
    assertEquals(DType.BFLOAT16, brief.dtype());
    assertArrayEquals(wide(brief(wide)).toFloats(), wide(brief).toFloats());
  }

  private static Tensor brief(Tensor t) {
    return t == null ? null : BACKEND.pointwise().cast(t, DType.BFLOAT16);
  }

  private static Tensor wide(Tensor t) {
    return t == null ? null : BACKEND.pointwise().cast(t, DType.FLOAT32);
  }

  private Tensor uniform(Shape shape) {
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(-3, 3);
    }
    return Tensor.of(BACKEND.memory(), shape, values);
  }
}
