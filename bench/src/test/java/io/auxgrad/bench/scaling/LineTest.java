package io.auxgrad.bench.scaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LineTest {
  private static final List<Double> X = List.of(1.0, 2.0, 4.0, 8.0, 16.0);

  @Test
  void aLineIsFound() {
    Line line = Line.through(X, X.stream().map(x -> 5 + 3 * x).toList());
    assertEquals(5, line.fixed(), 1e-9);
    assertEquals(3, line.slope(), 1e-9);
    assertEquals(0, line.deviation(), 1e-9);
  }

  @Test
  void aParabolaIsNone() {
    assertTrue(Line.through(X, X.stream().map(x -> x * x).toList()).deviation() > Scaling.LINEAR);
  }
}
