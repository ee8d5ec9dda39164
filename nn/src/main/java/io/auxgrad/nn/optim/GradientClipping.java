package io.auxgrad.nn.optim;

import io.auxgrad.nn.Parameter;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.OptimizerOps;
import io.auxgrad.tensor.ops.PointwiseOps;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * Keeps gradients from growing too large, between backward and the optimiser's step. Parameters
 * without gradient are skipped.
 */
public final class GradientClipping {
  private GradientClipping() {}

  /**
   * Scales all gradients by one factor so that their common 2-norm is at most {@code maxNorm}
   * (Pascanu et al., 2013).
   *
   * @return the norm before
   * @throws ArithmeticException if a gradient is NaN or infinite, naming its parameter; nothing is
   *     changed
   */
  public static double byGlobalNorm(Collection<Parameter> parameters, double maxNorm) {
    requirePositive("norm", maxNorm);
    List<Tensor> gradients =
        parameters.stream().map(Parameter::gradient).filter(Objects::nonNull).toList();
    if (gradients.isEmpty()) {
      return 0;
    }
    double norm = norm(gradients);
    if (!Double.isFinite(norm)) {
      throw new ArithmeticException("gradient of " + firstNotFinite(parameters) + " is not finite");
    }
    if (norm + OptimizerOps.NORM_EPS > maxNorm) {
      Backends.of(gradients.getFirst())
          .optimizer()
          .scale(gradients, (float) (maxNorm / (norm + OptimizerOps.NORM_EPS)));
    }
    return norm;
  }

  /**
   * The same for a step that the host does not wait for, as one that is recorded: the device
   * decides.
   *
   * @param losses float32; the step is halted too if one of them is not finite
   * @param verdict of {@link OptimizerOps#clip}, for {@link Optimizer#step(Tensor)} and {@link
   *     Ema#update(Tensor)}
   * @return the parameters that have a gradient: its {@link OptimizerOps#CULPRIT} is a place among
   *     them
   */
  public static List<Parameter> byGlobalNorm(
      Collection<Parameter> parameters, double maxNorm, Tensor losses, Tensor verdict) {
    requirePositive("norm", maxNorm);
    List<Parameter> learning = parameters.stream().filter(p -> p.gradient() != null).toList();
    List<Tensor> gradients = learning.stream().map(Parameter::gradient).toList();
    Backends.of(verdict).optimizer().clip(losses, gradients, maxNorm, verdict);
    return learning;
  }

  /** Sets every element of every gradient into {@code [-limit, limit]}. */
  public static void byValue(Collection<Parameter> parameters, double limit) {
    requirePositive("value", limit);
    for (Parameter parameter : parameters) {
      if (parameter.gradient() != null) {
        clamp(parameter.gradient(), (float) limit);
      }
    }
  }

  private static void clamp(Tensor gradient, float limit) {
    PointwiseOps ops = Backends.of(gradient).pointwise();
    try (var _ = TensorScope.open()) {
      Tensor low = Tensor.of(gradient.memory(), Shape.scalar(), -limit);
      Tensor high = Tensor.of(gradient.memory(), Shape.scalar(), limit);
      Tensor above = ops.binary(BinaryOp.MAXIMUM, gradient, low);
      ops.copy(ops.binary(BinaryOp.MINIMUM, above, high), gradient);
    }
  }

  private static double norm(List<Tensor> gradients) {
    return Math.sqrt(Backends.of(gradients.getFirst()).optimizer().sumOfSquares(gradients));
  }

  private static String firstNotFinite(Collection<Parameter> parameters) {
    return parameters.stream()
        .filter(p -> p.gradient() != null && !Double.isFinite(norm(List.of(p.gradient()))))
        .map(Parameter::name)
        .findFirst()
        .orElse("all parameters together");
  }

  private static void requirePositive(String name, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(
          "gradient clipping: " + name + " " + value + " must be positive");
    }
  }
}
