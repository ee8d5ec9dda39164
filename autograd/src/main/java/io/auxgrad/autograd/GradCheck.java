package io.auxgrad.autograd;

import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Compares the gradients of a tape with central differences of the function itself, for those who
 * write ops or losses of their own.
 *
 * <pre>{@code
 * GradCheck.standard().check(v -> v.get(0).times(v.get(1)).square(), a, b);
 * }</pre>
 *
 * <p>The function is computed in float32, so keep values near 1 and away from kinks by more than
 * the step. A result of many elements is reduced by a random weighted sum.
 *
 * @param step by which an element is moved to either side
 * @param tolerance allowed difference, relative to one plus the largest gradient of the input
 * @param probes elements tried per input, at random where it has more
 * @param seed of the choice of elements and of the weighted sum
 */
public record GradCheck(float step, double tolerance, int probes, long seed) {
  /** A step of 1/128, a tolerance of 1/500, 64 probes. */
  public static GradCheck standard() {
    return new GradCheck(0x1p-7f, 2e-3, 64, 1);
  }

  /**
   * Checks {@code function} at {@code inputs}, which are float32 and unchanged afterwards.
   *
   * @throws AssertionError naming the first input and element whose gradients differ
   */
  public void check(Function<List<Variable>, Variable> function, Tensor... inputs) {
    List<Variable> variables = Stream.of(inputs).map(Variable::parameter).toList();
    Philox random = new Philox(seed, 0);
    try (TensorScope scope = TensorScope.open();
        NoGrad suspended = Tape.noGrad()) {
      float[] weights = new float[Math.toIntExact(function.apply(variables).shape().size())];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = random.uniform(-1, 1);
      }
      Sum sum = new Sum(function, variables, weights);
      Map<Variable, Tensor> gradients = sum.gradients();
      for (int k = 0; k < inputs.length; k++) {
        compare(sum, k, inputs[k], gradients.get(variables.get(k)).toFloats(), random);
      }
    }
  }

  private void compare(Sum sum, int k, Tensor input, float[] gradient, Philox random) {
    double scale = 1;
    for (float g : gradient) {
      scale = Math.max(scale, 1 + Math.abs(g));
    }
    for (int p = 0; p < Math.min(probes, gradient.length); p++) {
      int at = gradient.length <= probes ? p : random.nextInt(gradient.length);
      double numeric = sum.difference(input, at, step);
      if (!(Math.abs(gradient[at] - numeric) <= tolerance * scale)) {
        throw new AssertionError(
            "gradient of input %d %s at element %d: %.7g on the tape, %.7g by differences"
                .formatted(k, input.shape(), at, gradient[at], numeric));
      }
    }
  }

  /** The function reduced to one number. */
  private record Sum(
      Function<List<Variable>, Variable> function, List<Variable> variables, float[] weights) {
    Map<Variable, Tensor> gradients() {
      try (Tape tape = Tape.open()) {
        Variable result = function.apply(variables);
        Tensor dy = Tensor.of(result.value().memory(), result.shape(), weights);
        Map<Variable, Tensor> gradients = tape.gradients(result, dy, variables, false);
        gradients.values().forEach(tape::handOut);
        return gradients;
      }
    }

    double difference(Tensor input, int at, float step) {
      float[] values = input.toFloats();
      float here = values[at];
      float above = here + step;
      float below = here - step;
      double difference = at(input, values, at, above) - at(input, values, at, below);
      values[at] = here;
      input.set(values);
      return difference / ((double) above - below);
    }

    private double at(Tensor input, float[] values, int at, float value) {
      values[at] = value;
      input.set(values);
      try (TensorScope scope = TensorScope.open()) {
        float[] result = function.apply(variables).value().toFloats();
        double sum = 0;
        for (int i = 0; i < result.length; i++) {
          sum += (double) weights[i] * result[i];
        }
        return sum;
      }
    }
  }
}
