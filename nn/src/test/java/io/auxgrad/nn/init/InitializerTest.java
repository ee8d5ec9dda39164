package io.auxgrad.nn.init;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.TensorException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Bounds and moments against the formulas of PyTorch's documentation. */
class InitializerTest {
  private static final Shape DENSE = Shape.of(64, 3, 3, 32);
  private static final Shape DEPTHWISE = Shape.of(4096, 3, 3, 1);

  @Test
  void fansAreCountedAsInTorch() {
    assertEquals(new Fan(288, 576), Fan.of(DENSE));
    assertEquals(new Fan(9, 36864), Fan.of(DEPTHWISE));
    assertEquals(new Fan(20, 30), Fan.of(Shape.of(30, 20)));
    assertThrows(TensorException.class, () -> Fan.of(Shape.of(5)));
  }

  @Test
  void uniformOnesFillTheirBounds() {
    assertUniform(Initializer.torchDefault(), DENSE, 1 / Math.sqrt(288));
    assertUniform(Initializer.torchDefault(), DEPTHWISE, 1 / Math.sqrt(9));
    assertUniform(Initializer.kaimingUniform(0), DENSE, Math.sqrt(6.0 / 288));
    assertUniform(Initializer.xavierUniform(), DENSE, Math.sqrt(6.0 / (288 + 576)));
    assertUniform(Initializer.xavierUniform(), Shape.of(200, 100), Math.sqrt(6.0 / 300));
    assertUniform(Initializer.uniform(0.25), Shape.of(20_000), 0.25);
  }

  @Test
  void normalOnesHaveTheirDeviation() {
    assertNormal(Initializer.kaimingNormal(Fan.Mode.IN), DENSE, Math.sqrt(2.0 / 288));
    assertNormal(Initializer.kaimingNormal(Fan.Mode.OUT), DENSE, Math.sqrt(2.0 / 576));
    assertNormal(Initializer.xavierNormal(), DENSE, Math.sqrt(2.0 / (288 + 576)));
    assertNormal(Initializer.normal(0.01), Shape.of(20_000), 0.01);
  }

  @Test
  void constantDrawsNothing() {
    Philox random = new Philox(1, 0);
    assertArrayEquals(new float[] {3, 3}, Initializer.constant(3).values(Shape.of(2), random));
    assertEquals(0, random.position());
  }

  @Test
  void theSeedDecides() {
    float[] first = Initializer.torchDefault().values(DENSE, new Philox(1, 0));
    assertArrayEquals(first, Initializer.torchDefault().values(DENSE, new Philox(1, 0)));
    assertFalse(Arrays.equals(first, Initializer.torchDefault().values(DENSE, new Philox(2, 0))));
  }

  private static void assertUniform(Initializer init, Shape shape, double bound) {
    double[] values = draw(init, shape);
    double largest = Arrays.stream(values).map(Math::abs).max().orElseThrow();
    assertTrue(
        largest <= bound * 1.000001 && largest > 0.998 * bound,
        "largest " + largest + " of " + bound);
    assertMoments(values, bound / Math.sqrt(3), -1.2);
  }

  private static void assertNormal(Initializer init, Shape shape, double deviation) {
    assertMoments(draw(init, shape), deviation, 0);
  }

  // Mean, deviation and excess kurtosis, each within five of its standard errors (those of a
  // normal, the wider).
  private static void assertMoments(double[] values, double deviation, double kurtosis) {
    double n = values.length;
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance =
        Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    double fourth = Arrays.stream(values).map(v -> Math.pow(v - mean, 4)).average().orElseThrow();
    assertEquals(0, mean, 5 * deviation / Math.sqrt(n));
    assertEquals(deviation, Math.sqrt(variance), 5 * deviation / Math.sqrt(2 * n));
    assertEquals(kurtosis, fourth / (variance * variance) - 3, 5 * Math.sqrt(24 / n));
  }

  private static double[] draw(Initializer init, Shape shape) {
    float[] values = init.values(shape, new Philox(42, 7));
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }
}
