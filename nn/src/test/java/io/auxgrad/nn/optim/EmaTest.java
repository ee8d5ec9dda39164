package io.auxgrad.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.auxgrad.nn.Context;
import io.auxgrad.nn.NoLeaks;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class EmaTest {
  private final Context context = Context.cpu(0);

  @Test
  void averagesAsItsFormulaSays() {
    try (Weights weights = new Weights(context);
        Ema ema = new Ema(weights, 0.9)) {
      double want = 0;
      for (int step = 1; step <= 20; step++) {
        fill(weights, step);
        ema.update();
        want = 0.9 * want + 0.1 * step;
      }
      assertEquals(want, ema.tensors().get("b").toFloats()[2], 1e-5);
      assertEquals(20, weights.b.value().toFloats()[2]);
    }
  }

  @Test
  void lendsTheAveragesAndGivesTheTrainedValuesBack() {
    try (Weights weights = new Weights(context);
        Ema ema = new Ema(weights, 0.5)) {
      fill(weights, 8);
      ema.update();
      try (var _ = ema.use()) {
        assertEquals(4, weights.b.value().toFloats()[0]);
        assertThrows(IllegalStateException.class, ema::update);
        assertThrows(IllegalStateException.class, ema::use);
      }
      assertEquals(8, weights.b.value().toFloats()[0]);
      assertEquals(4, ema.tensors().get("b").toFloats()[0]);
    }
  }

  @Test
  void loadsAllOrNothing() {
    try (Weights weights = new Weights(context);
        Ema ema = new Ema(weights, 0.5);
        Ema other = new Ema(weights, 0.5);
        var _ = TensorScope.open()) {
      fill(weights, 3);
      ema.update();
      Map<String, Tensor> bad = new HashMap<>(ema.tensors());
      bad.put("b", Tensor.of(context.memory(), Shape.of(1), 0));
      assertThrows(IllegalArgumentException.class, () -> other.load(bad));
      assertThrows(IllegalArgumentException.class, () -> other.load(Map.of()));
      assertEquals(0, other.tensors().get("a").toFloats()[0]);
      other.load(ema.tensors());
      assertArrayEquals(ema.tensors().get("a").toFloats(), other.tensors().get("a").toFloats());
    }
  }

  @Test
  void theDecayIsAShare() {
    try (Weights weights = new Weights(context)) {
      assertThrows(IllegalArgumentException.class, () -> new Ema(weights, 1));
    }
  }

  private static void fill(Weights weights, float value) {
    for (Tensor t : weights.state().values()) {
      float[] values = new float[(int) t.size()];
      java.util.Arrays.fill(values, value);
      t.set(values);
    }
  }
}
