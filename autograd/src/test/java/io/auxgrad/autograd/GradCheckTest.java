package io.auxgrad.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.UnaryOp;
import org.junit.jupiter.api.Test;

class GradCheckTest {
  private static Tensor uniform(int... dims) {
    return Doubles.uniform(new Philox(1, dims.length), 0.5, 1.5, dims)
        .upload(Backends.cpu().memory());
  }

  @Test
  void acceptsARightRuleAndLeavesTheInputsAlone() {
    int before = TensorScope.liveTensors();
    try (TensorScope scope = TensorScope.open()) {
      Tensor a = uniform(3, 5);
      Tensor b = uniform(5);
      float[] values = a.toFloats();
      GradCheck.standard().check(v -> v.get(0).dividedBy(v.get(1)).square(), a, b);
      assertArrayEquals(values, a.toFloats());
    }
    assertEquals(before, TensorScope.liveTensors(), TensorScope::report);
  }

  @Test
  void rejectsAWrongRule() {
    try (TensorScope scope = TensorScope.open()) {
      Tensor a = uniform(3, 5);
      var error =
          assertThrows(
              AssertionError.class, () -> GradCheck.standard().check(v -> wrongCube(v.get(0)), a));
      assertTrue(error.getMessage().contains("input 0 [3,5] at element 0"), error.getMessage());
    }
  }

  /** {@code x^3} whose rule claims the derivative {@code 2 x^2}. */
  private static Variable wrongCube(Variable x) {
    var pointwise = Backends.cpu().pointwise();
    Tensor square = pointwise.unary(UnaryOp.SQUARE, x.value());
    Tensor cube = pointwise.binary(BinaryOp.MULTIPLY, square, x.value());
    return Tape.record(
        cube,
        saver -> {
          Tensor saved = saver.save(square);
          return (dy, into) ->
              into.add(
                  x, () -> pointwise.affine(pointwise.binary(BinaryOp.MULTIPLY, dy, saved), 2, 0));
        },
        x);
  }
}
