package io.auxgrad.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.Conv2dSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Of products of bfloat16 images with float32 parameters: each has a gradient of its own type. */
class Bfloat16GradientsTest {
  private static final Conv2dSpec SPEC = Conv2dSpec.of(1, 1);
  private static final Conv2dSpec SCALE = Conv2dSpec.of(1, 0, 1, 8);

  private final Philox random = new Philox(20260301, 3);

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "BFLOAT16"})
  void convolution(DType output) {
    try (var _ = TensorScope.open()) {
      Tensor x = exact(2, 6, 5, 8);
      Tensor dy = exact(2, 6, 5, 4);
      List<Tensor> parameters = List.of(exact(4, 3, 3, 8), exact(4));
      assertSame(
          x,
          parameters,
          dy,
          output,
          v ->
              ConvolutionGradients.conv2d(
                  v.get(0),
                  v.get(1),
                  v.get(2),
                  SPEC,
                  Activation.IDENTITY,
                  v.get(0).value().dtype() == DType.FLOAT32 ? DType.FLOAT32 : output));
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void numberForEachChannel(Activation activation) {
    try (var _ = TensorScope.open()) {
      assertSame(
          exact(2, 6, 5, 8),
          List.of(exact(8, 1, 1, 1)),
          exact(2, 6, 5, 8),
          DType.BFLOAT16,
          v -> ConvolutionGradients.conv2d(v.get(0), v.get(1), null, SCALE, activation));
    }
  }

  @Test
  void whatWasRoundedToTheEndOfAnActivationHasNoGradient() {
    try (var _ = TensorScope.open()) {
      // 5.999 is 6 in bfloat16, and 5.967 is not.
      Tensor x = Tensor.of(Backends.cpu().memory(), Shape.of(1, 1, 2, 1), 5.90625f, 5.875f);
      Tensor w = Tensor.of(Backends.cpu().memory(), Shape.of(1, 1, 1, 1), 1.015625f);
      Tensor dy = Tensor.of(Backends.cpu().memory(), Shape.of(1, 1, 2, 1), 1, 1);
      Conv2dSpec spec = Conv2dSpec.of(1, 0, 1, 1);
      List<Tensor> found =
          gradients(
              as(DType.BFLOAT16, x),
              List.of(w),
              as(DType.BFLOAT16, dy),
              v -> ConvolutionGradients.conv2d(v.get(0), v.get(1), null, spec, Activation.RELU6));
      assertArrayEquals(new float[] {0, 1.015625f}, as(DType.FLOAT32, found.get(0)).toFloats());
      assertArrayEquals(new float[] {5.875f}, found.get(1).toFloats());
    }
  }

  @Test
  void biasAloneHasAFloat32Gradient() {
    try (var _ = TensorScope.open();
        Tape tape = Tape.open()) {
      Variable bias = Variable.parameter(exact(4));
      Variable x = Variable.constant(as(DType.BFLOAT16, exact(1, 5, 5, 8)));
      Variable w = Variable.constant(exact(4, 3, 3, 8));
      Variable y = ConvolutionGradients.conv2d(x, w, bias, SPEC);
      Tensor dy = as(DType.BFLOAT16, exact(1, 5, 5, 4));
      Tensor gradient = tape.gradients(y, dy, List.of(bias), false).get(bias);
      assertEquals(DType.FLOAT32, gradient.dtype());
    }
  }

  @Test
  void matrixProduct() {
    try (var _ = TensorScope.open()) {
      assertSame(
          exact(7, 12),
          List.of(exact(5, 12)),
          exact(7, 5),
          DType.BFLOAT16,
          v -> MatmulGradients.matmul(v.get(0), false, v.get(1), true));
    }
  }

  /** All inputs are exact in bfloat16, so that float32 says what to expect up to one rounding. */
  private static void assertSame(
      Tensor x,
      List<Tensor> parameters,
      Tensor dy,
      DType output,
      Function<List<Variable>, Variable> op) {
    List<Tensor> want = gradients(x, parameters, dy, op);
    List<Tensor> got = gradients(as(DType.BFLOAT16, x), parameters, as(output, dy), op);
    assertEquals(DType.BFLOAT16, got.getFirst().dtype());
    for (int k = 0; k < want.size(); k++) {
      if (k > 0) {
        assertEquals(DType.FLOAT32, got.get(k).dtype());
      }
      float[] expected = want.get(k).toFloats();
      float[] values = as(DType.FLOAT32, got.get(k)).toFloats();
      double rounding = k == 0 ? 0x1p-8 : 1e-6;
      for (int i = 0; i < expected.length; i++) {
        assertEquals(
            expected[i], values[i], rounding * Math.abs(expected[i]) + 1e-5, "gradient " + k);
      }
    }
  }

  private static List<Tensor> gradients(
      Tensor x, List<Tensor> parameters, Tensor dy, Function<List<Variable>, Variable> op) {
    List<Variable> inputs = new ArrayList<>();
    inputs.add(Variable.parameter(x));
    parameters.forEach(p -> inputs.add(Variable.parameter(p)));
    try (Tape tape = Tape.open()) {
      var found = tape.gradients(op.apply(inputs), dy, inputs, false);
      return inputs.stream().map(v -> tape.handOut(found.get(v))).toList();
    }
  }

  private Tensor exact(int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (random.nextInt(255) - 127) / 128f;
    }
    return Tensor.of(Backends.cpu().memory(), shape, values);
  }

  private static Tensor as(DType type, Tensor t) {
    return t.dtype() == type ? t : Backends.of(t).pointwise().cast(t, type);
  }
}
