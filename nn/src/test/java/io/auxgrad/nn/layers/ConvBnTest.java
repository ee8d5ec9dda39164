package io.auxgrad.nn.layers;

import static io.auxgrad.nn.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.NoLeaks;
import io.auxgrad.nn.init.Initializer;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class ConvBnTest {
  private final Context context = Context.cpu(3);

  @Test
  void foldedGivesTheSameInInference() {
    for (int groups : new int[] {1, 2, 8}) {
      try (ConvBn block = ConvBn.of(context, 8, 16, 3, 2, groups, Activation.RELU6);
          var _ = TensorScope.open()) {
        randomise(block.bn());
        block.train(false);
        Variable x = image(2, 9, 7, 8);
        try (Conv2d folded = block.folded()) {
          float[] want = block.forward(x).value().toFloats();
          assertClose(want, folded.forward(x).value().toFloats(), 1e-5, "groups " + groups);
        }
      }
    }
  }

  @Test
  void addsTheResidualBeforeTheActivation() {
    try (ConvBn block = ConvBn.of(context, 4, 4, 3, 1, 1, Activation.RELU);
        ConvBn plain = ConvBn.of(context, 4, 4, 3, 1, 1, Activation.IDENTITY);
        var _ = TensorScope.open()) {
      plain.conv().weight().value().set(block.conv().weight().value().toFloats());
      Variable x = image(1, 5, 5, 4);
      float[] want = plain.forward(x).plus(x).relu().value().toFloats();
      assertClose(want, block.forward(x, x).value().toFloats(), 1e-6, "residual");
    }
  }

  @Test
  void frozenNormalisationKeepsStatisticsAndParameters() {
    try (ConvBn block = ConvBn.of(context, 4, 4, 3, 1, 1, Activation.RELU)) {
      randomise(block.bn());
      float[] mean = block.bn().runningMean().toFloats();
      block.bn().freeze(true);
      assertEquals(true, block.isTraining());
      step(block);
      assertArrayEquals(mean, block.bn().runningMean().toFloats());
      assertNull(block.bn().weight().gradient());
      assertNull(block.bn().bias().gradient());
      assertNotNull(block.conv().weight().gradient());
      block.bn().freeze(false);
      step(block);
      assertNotNull(block.bn().weight().gradient());
      assertFalse(java.util.Arrays.equals(mean, block.bn().runningMean().toFloats()));
    }
  }

  private void step(ConvBn block) {
    try (Tape tape = Tape.open()) {
      tape.backward(block.forward(image(2, 5, 5, 4)).square().mean());
    }
  }

  private void randomise(BatchNorm bn) {
    Philox random = context.random();
    Shape shape = bn.runningMean().shape();
    bn.weight().value().set(Initializer.normal(1).values(shape, random));
    bn.bias().value().set(Initializer.normal(1).values(shape, random));
    bn.runningMean().set(Initializer.normal(1).values(shape, random));
    float[] variance = Initializer.uniform(0.4).values(shape, random);
    for (int i = 0; i < variance.length; i++) {
      variance[i] += 0.5f;
    }
    bn.runningVar().set(variance);
  }

  private Variable image(int... dims) {
    Shape shape = Shape.of(dims);
    return Variable.constant(
        Tensor.of(context.memory(), shape, Initializer.normal(1).values(shape, context.random())));
  }
}
