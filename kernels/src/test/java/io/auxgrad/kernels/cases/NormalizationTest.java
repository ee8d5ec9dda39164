package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.cases.TestBackends.NamedBackend;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.NormalizationOps;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What cases do not show of batch normalisation: masks, large means, NaN. */
@ParameterizedClass
@MethodSource("io.auxgrad.kernels.cases.TestBackends#all")
class NormalizationTest {
  private static final float EPS = 1e-3f;
  private static final int ROWS = 1311;
  private static final int CHANNELS = 24;
  private static final Shape SHAPE = Shape.of(ROWS, CHANNELS);

  private final Backend backend;
  private final NormalizationOps ops;
  private final Philox random = new Philox(20260101, 11);
  private TensorScope scope;
  private Tensor gamma;
  private Tensor beta;

  NormalizationTest(NamedBackend target) {
    backend = target.backend();
    ops = backend.normalization();
  }

  @BeforeEach
  void openScope() {
    scope = TensorScope.open();
    gamma = uniform(Shape.of(CHANNELS), 1, 2);
    beta = uniform(Shape.of(CHANNELS), 1, 4);
  }

  @AfterEach
  void closeScope() {
    scope.close();
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void theMaskFromTheInputIsTheOneFromTheOutput(Activation activation) {
    for (DType type : new DType[] {DType.FLOAT32, DType.BFLOAT16}) {
      if (type == DType.BFLOAT16 && activation == Activation.RELU6) {
        continue; // what is rounded to 6 is cut off for y, and not for x
      }
      Tensor x = cast(uniform(SHAPE, -3, 3), type);
      Tensor dy = cast(uniform(SHAPE, -3, 3), type);
      var out = train(x, null, activation);
      var fromX = backward(dy, x, null, out, activation);
      var fromY = backward(dy, x, out.y(), out, activation);
      assertArrayEquals(floats(fromX.x()), floats(fromY.x()));
      assertArrayEquals(floats(fromX.gamma()), floats(fromY.gamma()));
      assertArrayEquals(floats(fromX.beta()), floats(fromY.beta()));
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void theResultIsMadeAgainToTheLastBit(Activation activation) {
    for (DType type : new DType[] {DType.FLOAT32, DType.BFLOAT16}) {
      Tensor x = cast(uniform(SHAPE, -3, 3), type);
      var out = train(x, null, activation);
      Tensor again = ops.normalize(x, gamma, beta, out.mean(), out.invStd(), activation);
      assertEquals(type, again.dtype());
      assertArrayEquals(floats(out.y()), floats(again));
    }
  }

  /** Squares of values would leave no digit of the variance. */
  @Test
  void aLargeMeanCostsNoDigits() {
    float[] values = new float[ROWS * CHANNELS];
    for (int i = 0; i < values.length; i++) {
      values[i] = 3000 + random.uniform(-1, 1);
    }
    double[] mean = new double[CHANNELS];
    double[] variance = new double[CHANNELS];
    for (int i = 0; i < values.length; i++) {
      mean[i % CHANNELS] += values[i] / (double) ROWS;
    }
    for (int i = 0; i < values.length; i++) {
      variance[i % CHANNELS] += Math.pow(values[i] - mean[i % CHANNELS], 2) / ROWS;
    }
    var out = train(Tensor.of(backend.memory(), SHAPE, values), null, Activation.IDENTITY);
    for (int c = 0; c < CHANNELS; c++) {
      assertEquals(mean[c], out.mean().toFloats()[c], 3000 * 1e-7);
      double invStd = 1 / Math.sqrt(variance[c] + EPS);
      assertEquals(invStd, out.invStd().toFloats()[c], invStd * 1e-5);
    }
  }

  @Test
  void nanStaysInItsChannel() {
    float[] values = uniform(SHAPE, -1, 1).toFloats();
    values[700 * CHANNELS + 5] = Float.NaN;
    var out = train(Tensor.of(backend.memory(), SHAPE, values), null, Activation.RELU);
    float[] y = out.y().toFloats();
    for (int i = 0; i < y.length; i++) {
      assertEquals(i % CHANNELS == 5, Float.isNaN(y[i]), "element " + i);
    }
    assertTrue(Float.isNaN(out.invStd().toFloats()[5]));
  }

  @Test
  void anEmptyBatchIsEmpty() {
    Tensor x = Tensor.zeros(backend.memory(), DType.FLOAT32, Shape.of(0, CHANNELS));
    Tensor y = ops.infer(x, gamma, beta, null, beta, gamma, EPS, Activation.RELU);
    assertEquals(0, y.size());
    var gradients = ops.backward(x, x, y, gamma, beta, beta, gamma, Activation.RELU, false, false);
    assertArrayEquals(new float[CHANNELS], gradients.gamma().toFloats());
    assertArrayEquals(new float[CHANNELS], gradients.beta().toFloats());
  }

  /** Of a constant channel the variance is 0, not some rounding below it. */
  @Test
  void aConstantChannelIsBeta() {
    float[] values = new float[ROWS * CHANNELS];
    Arrays.fill(values, 0.1f);
    var out = train(Tensor.of(backend.memory(), SHAPE, values), null, Activation.IDENTITY);
    float[] y = out.y().toFloats();
    float[] want = beta.toFloats();
    for (int i = 0; i < y.length; i++) {
      assertEquals(want[i % CHANNELS], y[i], 1e-5);
    }
    assertEquals(1 / Math.sqrt(EPS), out.invStd().toFloats()[0], 1e-4);
  }

  private NormalizationOps.Trained train(Tensor x, Tensor residual, Activation activation) {
    return ops.train(x, gamma, beta, residual, null, null, 0, EPS, activation);
  }

  private NormalizationOps.Gradients backward(
      Tensor dy, Tensor x, Tensor y, NormalizationOps.Trained out, Activation activation) {
    return ops.backward(dy, x, y, gamma, beta, out.mean(), out.invStd(), activation, true, false);
  }

  private Tensor cast(Tensor t, DType type) {
    return t.dtype() == type ? t : backend.pointwise().cast(t, type);
  }

  private float[] floats(Tensor t) {
    return cast(t, DType.FLOAT32).toFloats();
  }

  private Tensor uniform(Shape shape, float low, float high) {
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(low, high);
    }
    return Tensor.of(backend.memory(), shape, values);
  }
}
