package io.auxgrad.nn.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.NoLeaks;
import io.auxgrad.nn.RandomState;
import io.auxgrad.nn.init.Initializer;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.TensorScope;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class DropoutTest {
  private final Context context = Context.cpu(5);

  @Test
  void dropsTheShareAskedForAndKeepsTheMean() {
    try (Dropout dropout = new Dropout(context, 0.3f);
        var _ = TensorScope.open()) {
      float[] y = dropout.forward(ones()).value().toFloats();
      long dropped = 0;
      for (float v : y) {
        dropped += v == 0 ? 1 : 0;
        assertEquals(v == 0 ? 0 : 1 / 0.7f, v, 1e-6);
      }
      // Five standard deviations of a binomial of 100,000.
      assertEquals(30_000, dropped, 5 * Math.sqrt(100_000 * 0.3 * 0.7));
    }
  }

  @Test
  void isTheIdentityInInference() {
    try (Dropout dropout = new Dropout(context, 0.3f);
        var _ = TensorScope.open()) {
      dropout.train(false);
      Variable x = ones();
      assertSame(x, dropout.forward(x));
    }
  }

  @Test
  void goesOnWithTheSameMasksFromASavedState() {
    try (Dropout dropout = new Dropout(context, 0.5f);
        var _ = TensorScope.open()) {
      float[] first = dropout.forward(ones()).value().toFloats();
      RandomState state = RandomState.of(context.random());
      float[] second = dropout.forward(ones()).value().toFloats();
      assertFalse(Arrays.equals(first, second));
      state.restore(context.random());
      assertArrayEquals(second, dropout.forward(ones()).value().toFloats());
    }
  }

  @Test
  void rejectsAnotherSeedAndABadProbability() {
    RandomState state = RandomState.of(context.random());
    assertThrows(IllegalArgumentException.class, () -> state.restore(new Philox(6, 0)));
    assertThrows(IllegalArgumentException.class, () -> new Dropout(context, 1));
    assertThrows(IllegalArgumentException.class, () -> new Dropout(context, Float.NaN));
  }

  private Variable ones() {
    return Variable.constant(
        Initializer.constant(1).create(context.memory(), Shape.of(100, 1000), context.random()));
  }
}
