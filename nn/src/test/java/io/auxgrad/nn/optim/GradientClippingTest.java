package io.auxgrad.nn.optim;

import static io.auxgrad.nn.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.nn.Context;
import io.auxgrad.nn.Golden;
import io.auxgrad.nn.NoLeaks;
import io.auxgrad.nn.Parameter;
import io.auxgrad.nn.state.SafetensorsFile;
import io.auxgrad.tensor.TensorScope;
import java.io.IOException;
import java.util.Collection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
class GradientClippingTest {
  private final Weights weights = new Weights(Context.cpu(0));
  private final Collection<Parameter> all = weights.parameters().values();

  @AfterEach
  void close() {
    weights.close();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 100.0})
  void scalesToTheNormAsTorchDoes(double maxNorm) throws IOException {
    try (SafetensorsFile golden = Golden.open("clipping");
        var _ = TensorScope.open()) {
      Weights.setGradient(weights.a, Golden.tensor(golden, "gradient.0").toFloats());
      Weights.setGradient(weights.b, Golden.tensor(golden, "gradient.1").toFloats());
      assertEquals(
          Golden.tensor(golden, "norm." + maxNorm).item(),
          GradientClipping.byGlobalNorm(all, maxNorm),
          1e-5);
      assertClose(
          Golden.tensor(golden, "clipped." + maxNorm + ".0").toFloats(),
          weights.a.gradient().toFloats(),
          1e-6,
          "a");
      assertClose(
          Golden.tensor(golden, "clipped." + maxNorm + ".1").toFloats(),
          weights.b.gradient().toFloats(),
          1e-6,
          "b");
    }
  }

  @Test
  void boundsEachValue() {
    Weights.setGradient(weights.b, -3, -0.5f, 0, 0.5f, 3);
    GradientClipping.byValue(all, 0.75);
    assertArrayEquals(new float[] {-0.75f, -0.5f, 0, 0.5f, 0.75f}, weights.b.gradient().toFloats());
  }

  @Test
  void namesTheParameterWhoseGradientIsNotFinite() {
    Weights.setGradient(weights.a, new float[12]);
    Weights.setGradient(weights.b, 1, 2, Float.NaN, 4, 5);
    var error =
        assertThrows(ArithmeticException.class, () -> GradientClipping.byGlobalNorm(all, 1));
    assertTrue(error.getMessage().contains("gradient of b "), error.getMessage());
    assertEquals(5, weights.b.gradient().toFloats()[4]);
  }

  @Test
  void withoutGradientsTheNormIsZero() {
    assertEquals(0, GradientClipping.byGlobalNorm(all, 1));
    assertThrows(IllegalArgumentException.class, () -> GradientClipping.byGlobalNorm(all, 0));
  }
}
