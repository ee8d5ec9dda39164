package io.auxgrad.nn.backbones;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.NoLeaks;
import io.auxgrad.nn.backbones.Backbone.Level;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class MobileNetV2Test {
  @Test
  void hasThePublishedLevelsAndSize() {
    try (var encoder = new MobileNetV2(Context.cpu(1), 1)) {
      assertEquals(
          List.of(
              new Level("l3", 24, 4),
              new Level("l4", 32, 8),
              new Level("l5", 64, 16),
              new Level("l6", 96, 16),
              new Level("l7", 160, 32),
              new Level("l8", 320, 32)),
          encoder.levels());
      assertEquals(1_812_800, encoder.parameterCount());
    }
  }

  @Test
  void widthRoundsChannelsToMultiplesOfEight() {
    try (var half = new MobileNetV2(Context.cpu(1), 0.5);
        var wide = new MobileNetV2(Context.cpu(1), 1.4)) {
      // 12 becomes 16 and 33.6 becomes 32.
      assertEquals(List.of(16, 16, 32, 48, 80, 160), channels(half));
      assertEquals(List.of(32, 48, 88, 136, 224, 448), channels(wide));
    }
    assertThrows(IllegalArgumentException.class, () -> new MobileNetV2(Context.cpu(1), 0));
  }

  private static List<Integer> channels(Backbone encoder) {
    return encoder.levels().stream().map(Level::channels).toList();
  }

  @Test
  void mapsOfOddSizesAreRoundedUp() {
    try (var encoder = new MobileNetV2(Context.cpu(1), 0.25);
        var _ = TensorScope.open()) {
      encoder.train(false);
      Tensor images =
          Tensor.zeros(Context.cpu(1).memory(), DType.FLOAT32, Shape.of(1, 120, 165, 3));
      var maps = encoder.forward(Variable.constant(images));
      assertEquals(Shape.of(1, 30, 42, 8), maps.get("l3").shape());
      assertEquals(Shape.of(1, 15, 21, 8), maps.get("l4").shape());
      assertEquals(Shape.of(1, 8, 11, 24), maps.get("l6").shape());
      assertEquals(Shape.of(1, 4, 6, 80), maps.get("l8").shape());
      assertEquals(6, maps.size());
    }
  }
}
