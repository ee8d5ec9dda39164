package io.auxgrad.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import org.junit.jupiter.api.Test;

class ScratchTest {
  /** {@code sum(relu((3x)^2 + 1))}: only the middle is saved, and the mask of the ReLU. */
  private static Variable part(Variable x) {
    return x.times(3).square().plus(1).relu().sum();
  }

  @Test
  void closesWhatNoGradientNeeds() {
    try (TensorScope scope = TensorScope.open()) {
      Tensor value = Tensor.of(Backends.cpu().memory(), Shape.of(2), 1, -2);
      Variable x = Variable.parameter(value);
      int before = TensorScope.liveTensors();
      Scratch.run(() -> part(x));
      assertEquals(1, TensorScope.liveTensors() - before, TensorScope::report);
      try (Tape tape = Tape.open()) {
        Variable loss = Scratch.run(() -> part(x));
        assertEquals(4, TensorScope.liveTensors() - before, TensorScope::report);
        tape.backward(loss);
      }
      assertArrayEquals(new float[] {18, -36}, x.gradient().toFloats());
      x.zeroGradient();
    }
  }
}
