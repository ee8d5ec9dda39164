package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;

/**
 * The numbers of one step of {@link OptimizerOps.Adam}: {@code g += penalty * w; m = beta1 * m +
 * fresh1 * g; v = beta2 * v + fresh2 * g * g; w = shrink * w - size * m / (correction * sqrt(v) +
 * eps)}.
 *
 * @param penalty times the parameter is added to the gradient
 * @param shrink factor of the parameter before the step
 * @param beta1 decay of the mean
 * @param fresh1 share of the gradient in the mean
 * @param beta2 decay of the squares
 * @param fresh2 share of the squared gradient in the squares
 * @param size step size with the bias of the mean corrected
 * @param correction factor of the root of the squares
 * @param eps added to that
 */
public record AdamStep(
    float penalty,
    float shrink,
    float beta1,
    float fresh1,
    float beta2,
    float fresh2,
    float size,
    float correction,
    float eps) {
  /** How many they are. */
  public static final int NUMBERS = 9;

  /** Step {@code step}, from 1. */
  public static AdamStep of(OptimizerOps.Adam a, long step) {
    double rate = a.learningRate();
    return new AdamStep(
        a.decoupled() ? 0 : a.weightDecay(),
        (float) (a.decoupled() ? 1 - rate * a.weightDecay() : 1),
        a.beta1(),
        1 - a.beta1(),
        a.beta2(),
        1 - a.beta2(),
        (float) (rate / (1 - Math.pow(a.beta1(), step))),
        (float) (1 / Math.sqrt(1 - Math.pow(a.beta2(), step))),
        a.eps());
  }

  /** From the numbers in their order. */
  public static AdamStep of(float... n) {
    return new AdamStep(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8]);
  }

  /** The numbers in a new tensor, for {@link OptimizerOps#adam}. */
  public Tensor on(DeviceMemory memory) {
    return Tensor.of(memory, Shape.of(NUMBERS), numbers());
  }

  /** The numbers in their order. */
  public float[] numbers() {
    return new float[] {
      penalty, shrink, beta1, fresh1, beta2, fresh2, size, correction, eps,
    };
  }
}
