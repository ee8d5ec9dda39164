package io.auxgrad.nn.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Inference folds; a tape in inference mode does not: both must agree, whatever has changed. */
class FoldedConvolutionTest {
  private static final Shape INPUT = Shape.of(2, 5, 7, 6);

  private final Context context = Context.cpu(11);

  @ParameterizedTest
  @EnumSource(Activation.class)
  void agreesWithTheTwoStepsAfterEveryChange(Activation activation) {
    try (var _ = TensorScope.open();
        ConvBn block = ConvBn.of(context, 6, 6, 3, 1, 1, activation)) {
      Variable x = Variable.constant(random());
      train(block, x);
      assertAgrees(block, x);
      train(block, x);
      assertAgrees(block, x);
      block.conv().weight().value().set(weights());
      assertAgrees(block, x);
      block.bn().bias().value().set(1f, 2f, 3f, -1f, 0f, 9f);
      assertAgrees(block, x);
    }
  }

  @Test
  void foldsOnceAndClosesWhatItMade() {
    int before = TensorScope.liveTensors();
    try (var _ = TensorScope.open();
        ConvBn block = ConvBn.of(context, 6, 6, 3, 1, 1, Activation.RELU)) {
      block.train(false);
      Variable x = Variable.constant(random());
      block.forward(x).release();
      int folded = TensorScope.liveTensors();
      block.forward(x).release();
      assertEquals(folded, TensorScope.liveTensors());
    }
    assertEquals(before, TensorScope.liveTensors(), TensorScope::report);
  }

  private static void train(ConvBn block, Variable x) {
    block.train(true);
    try (Tape _ = Tape.open()) {
      block.forward(x);
    }
    block.train(false);
  }

  private static void assertAgrees(ConvBn block, Variable x) {
    for (Variable residual : new Variable[] {null, x}) {
      float[] want;
      try (Tape _ = Tape.open()) {
        want = block.forward(x, residual).value().toFloats();
      }
      assertArrayEquals(want, block.forward(x, residual).value().toFloats(), 1e-5f);
    }
  }

  private float[] weights() {
    float[] values = new float[6 * 9 * 6];
    for (int i = 0; i < values.length; i++) {
      values[i] = context.random().uniform(-0.2f, 0.2f);
    }
    return values;
  }

  private Tensor random() {
    float[] values = new float[(int) INPUT.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = context.random().uniform(-1, 1);
    }
    return Tensor.of(context.memory(), INPUT, values);
  }
}
