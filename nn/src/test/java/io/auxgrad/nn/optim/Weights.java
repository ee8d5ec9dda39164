package io.auxgrad.nn.optim;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Module;
import io.auxgrad.nn.Parameter;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import java.util.Map;

/** Two parameters, {@code a [3,4]} and {@code b [5]}, whose gradients a test sets. */
final class Weights extends Module {
  final Parameter a;
  final Parameter b;

  Weights(Context context) {
    a = parameter("a", Tensor.of(context.memory(), Shape.of(3, 4), new float[12]));
    b = parameter("b", Tensor.of(context.memory(), Shape.of(5), new float[5]));
  }

  /** The derivative of {@code sum(parameter * gradient)} is the gradient. */
  static void setGradient(Parameter parameter, float... gradient) {
    Tensor value = parameter.value();
    try (Tape tape = Tape.open()) {
      Variable given = Variable.constant(Tensor.of(value.memory(), value.shape(), gradient));
      tape.backward(parameter.variable().times(given).sum());
    }
  }

  ParameterGroup groupOfA(double learningRate, double weightDecay) {
    return new ParameterGroup("first", Map.of("a", a), learningRate, weightDecay);
  }

  ParameterGroup groupOfB(double learningRate, double weightDecay) {
    return new ParameterGroup("second", Map.of("b", b), learningRate, weightDecay);
  }
}
