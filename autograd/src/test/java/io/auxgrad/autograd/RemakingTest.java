package io.auxgrad.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.Conv2dSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Batch norm's result between two convolutions: released, it is made again for the second one. */
class RemakingTest {
  private static final DeviceMemory MEMORY = Backends.cpu().memory();
  private static final Conv2dSpec SPEC = Conv2dSpec.of(1, 1);
  private static final int CHANNELS = 8;
  private static final Shape IMAGES = Shape.of(2, 33, 21, CHANNELS);

  private final Philox random = new Philox(20261126, 1);
  private final Variable x = parameter(IMAGES);
  private final Variable gamma = parameter(Shape.of(CHANNELS));
  private final Variable beta = parameter(Shape.of(CHANNELS));
  private final Variable w = parameter(Shape.of(CHANNELS, 3, 3, CHANNELS));
  private final List<Variable> parameters = List.of(x, gamma, beta, w);
  private long freed;

  @Test
  void itsMemoryIsFreeAndTheGradientsAreTheSameToTheLastBit() {
    List<float[]> kept = gradients(false);
    assertEquals(0, freed);
    List<float[]> released = gradients(true);
    assertEquals(IMAGES.size() * Float.BYTES, freed);
    for (int i = 0; i < kept.size(); i++) {
      assertArrayEquals(kept.get(i), released.get(i));
    }
    parameters.forEach(p -> p.value().close());
  }

  private List<float[]> gradients(boolean release) {
    try (var _ = TensorScope.open();
        Tape tape = Tape.open()) {
      Variable normalised =
          NormalizationGradients.batchNorm(
              x, gamma, beta, null, null, null, 0, 1e-5f, Activation.RELU6, true);
      Variable y = ConvolutionGradients.conv2d(normalised, w, null, SPEC);
      long before = MEMORY.usage().live();
      if (release) {
        normalised.release();
      }
      freed = before - MEMORY.usage().live();
      Variable loss = y.square().mean();
      return tape.gradients(loss, parameters).values().stream().map(Tensor::toFloats).toList();
    }
  }

  private Variable parameter(Shape shape) {
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(-3, 3);
    }
    return Variable.parameter(Tensor.of(MEMORY, shape, values));
  }
}
