package io.auxgrad.nn.optim;

import io.auxgrad.nn.Parameter;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;

/**
 * What an optimiser remembers of one parameter: a tensor per kind, and the number of steps it has
 * made with it.
 */
final class Slot implements AutoCloseable {
  private final List<Tensor> tensors = new ArrayList<>();
  private final Tensor stepsTensor;
  private long steps;

  /** {@code kinds} tensors of zeros of the parameter's shape. */
  Slot(Parameter parameter, int kinds) {
    Tensor value = parameter.value();
    for (int i = 0; i < kinds; i++) {
      tensors.add(TensorScope.detach(Tensor.zeros(value.memory(), DType.FLOAT32, value.shape())));
    }
    stepsTensor = TensorScope.detach(Tensor.zeros(value.memory(), DType.INT32, Shape.scalar()));
  }

  Tensor tensor(int kind) {
    return tensors.get(kind);
  }

  long steps() {
    return steps;
  }

  void steps(long steps) {
    this.steps = steps;
  }

  /** The number of steps as a tensor, for saving. */
  Tensor stepsTensor() {
    return stepsTensor.set(Math.toIntExact(steps));
  }

  @Override
  public void close() {
    tensors.forEach(Tensor::close);
    stepsTensor.close();
  }
}
