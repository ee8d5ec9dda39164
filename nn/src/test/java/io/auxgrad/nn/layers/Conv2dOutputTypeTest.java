package io.auxgrad.nn.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.NoLeaks;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class Conv2dOutputTypeTest {
  private final Context context = Context.cpu(5);

  @Test
  void isThatOfTheInputUnlessGiven() {
    assertEquals(DType.FLOAT32, outputType(null, DType.FLOAT32));
    assertEquals(DType.BFLOAT16, outputType(null, DType.BFLOAT16));
    assertEquals(DType.FLOAT32, outputType(DType.FLOAT32, DType.FLOAT32));
    assertEquals(DType.FLOAT32, outputType(DType.FLOAT32, DType.BFLOAT16));
  }

  private DType outputType(DType askedOrNull, DType input) {
    Conv2d.Builder builder = Conv2d.builder(context, 4, 3, 3).padding(1);
    if (askedOrNull != null) {
      builder.outputType(askedOrNull);
    }
    try (Conv2d conv = builder.build();
        var _ = TensorScope.open()) {
      Tensor x = Tensor.zeros(context.memory(), DType.FLOAT32, Shape.of(1, 5, 6, 4));
      Variable image = Variable.constant(Backends.of(x).pointwise().cast(x, input));
      return conv.forward(image).value().dtype();
    }
  }
}
