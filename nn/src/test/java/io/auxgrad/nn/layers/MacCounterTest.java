package io.auxgrad.nn.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Layer;
import io.auxgrad.nn.NoLeaks;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.MacCounter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Multiply-accumulates of layers, counted and by their formulas. */
@ExtendWith(NoLeaks.class)
class MacCounterTest {
  private static final Context CONTEXT = Context.cpu(1);

  private static long macs(Layer layer, boolean backward, int... input) {
    try (layer;
        Tape tape = Tape.open();
        MacCounter counter = MacCounter.open()) {
      Tensor x = Tensor.zeros(CONTEXT.memory(), DType.FLOAT32, Shape.of(input));
      Variable y = layer.forward(Variable.constant(x));
      if (backward) {
        tape.backward(y.sum());
      }
      return counter.macs();
    }
  }

  @Test
  void convolutionsCountTapsChannelsAndPixels() {
    Layer strided = Conv2d.builder(CONTEXT, 5, 7, 3).stride(2).padding(1).build();
    assertEquals(2 * (5 * 6) * 7 * (3 * 3 * 5), macs(strided, false, 2, 9, 11, 5));
    Layer depthwise = Conv2d.builder(CONTEXT, 6, 6, 3).padding(1).groups(6).build();
    assertEquals((4 * 5) * 6 * (3 * 3), macs(depthwise, false, 1, 4, 5, 6));
  }

  @Test
  void gradientsCountToo() {
    Layer conv = Conv2d.builder(CONTEXT, 5, 7, 1).build();
    long forward = 3 * 4 * 5 * 7;
    // The input needs no gradient: only the weights' is computed.
    assertEquals(2 * forward, macs(conv, true, 1, 3, 4, 5));
  }

  @Test
  void linearLayersCountInputsTimesOutputs() {
    assertEquals(6 * 5 * 7, macs(new Linear(CONTEXT, 5, 7), false, 6, 5));
  }

  @Test
  void countersNest() {
    try (MacCounter outer = MacCounter.open()) {
      macs(new Linear(CONTEXT, 5, 7), false, 1, 5);
      assertEquals(35, outer.macs());
    }
    try (MacCounter fresh = MacCounter.open()) {
      assertEquals(0, fresh.macs());
    }
  }
}
