package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.AdamStep;
import io.auxgrad.tensor.ops.OptimizerOps;
import io.auxgrad.tensor.ops.OptimizerOps.Adam;
import io.auxgrad.tensor.ops.OptimizerOps.Sgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Two parameters of odd sizes, one step with existing state. */
final class OptimizerCases {
  private static final int[] SIZES = {37, 5003};

  private OptimizerCases() {}

  static List<OpCase> all() {
    return List.of(
        sgd(new Sgd(0.1f, 0, 0, false, 0), false),
        sgd(new Sgd(0.1f, 0.9f, 0, false, 0.01f), false),
        sgd(new Sgd(0.1f, 0.9f, 0.25f, false, 0.01f), true),
        sgd(new Sgd(0.1f, 0.9f, 0, true, 0.01f), false),
        adam(new Adam(0.1f, 0.9f, 0.999f, 1e-8f, 0, false), 1),
        adam(new Adam(0.1f, 0.9f, 0.999f, 1e-8f, 0.01f, false), 3),
        adam(new Adam(0.1f, 0.9f, 0.99f, 1e-6f, 0.01f, true), 100),
        average(),
        clip(0.5),
        clip(1e6),
        sumOfSquares(),
        scale());
  }

  /** Inputs {@code kinds} times (a, b): list k is inputs 2k and 2k+1. */
  private static List<Input> lists(int kinds, boolean lastPositive) {
    List<Input> inputs = new ArrayList<>();
    for (int k = 0; k < kinds; k++) {
      for (int size : SIZES) {
        inputs.add(lastPositive && k == kinds - 1 ? Input.positive(size) : Input.uniform(size));
      }
    }
    return inputs;
  }

  private static List<Tensor> list(List<Tensor> in, int k) {
    return in.subList(2 * k, 2 * k + 2);
  }

  private interface Rule {
    /** Updates {@code v}: element i of each list. */
    void apply(double[] v);
  }

  private static List<Array64> update(List<Array64> in, int kinds, Rule rule) {
    List<Array64> out = in.stream().map(Array64::copy).toList();
    for (int p = 0; p < 2; p++) {
      for (int i = 0; i < out.get(p).data().length; i++) {
        double[] v = new double[kinds];
        for (int k = 0; k < kinds; k++) {
          v[k] = out.get(2 * k + p).data()[i];
        }
        rule.apply(v);
        for (int k = 0; k < kinds; k++) {
          out.get(2 * k + p).data()[i] = v[k];
        }
      }
    }
    return out;
  }

  private static OpCase sgd(Sgd s, boolean first) {
    return OpCase.of(
        s + (first ? " first" : ""),
        Set.of("optimizer.sgd"),
        lists(3, false),
        in ->
            update(
                in,
                3,
                v -> {
                  double g = v[1] + s.weightDecay() * v[0];
                  if (s.momentum() != 0) {
                    v[2] = first ? g : s.momentum() * v[2] + (1 - s.dampening()) * g;
                    g = s.nesterov() ? g + s.momentum() * v[2] : v[2];
                  }
                  v[0] -= s.learningRate() * g;
                }),
        (b, in) -> {
          b.optimizer()
              .sgd(
                  list(in, 0),
                  list(in, 1),
                  s.momentum() == 0 ? null : list(in, 2),
                  first,
                  s.on(b.memory()),
                  null);
          return in;
        });
  }

  private static OpCase adam(Adam a, int step) {
    return OpCase.of(
            a + " step " + step,
            Set.of("optimizer.adam"),
            lists(4, true),
            in ->
                update(
                    in,
                    4,
                    v -> {
                      double g = v[1];
                      if (a.decoupled()) {
                        v[0] -= a.learningRate() * a.weightDecay() * v[0];
                      } else {
                        g += a.weightDecay() * v[0];
                      }
                      v[2] = a.beta1() * v[2] + (1 - a.beta1()) * g;
                      v[3] = a.beta2() * v[3] + (1 - a.beta2()) * g * g;
                      double mean = v[2] / (1 - Math.pow(a.beta1(), step));
                      double square = v[3] / (1 - Math.pow(a.beta2(), step));
                      v[0] -= a.learningRate() * mean / (Math.sqrt(square) + a.eps());
                    }),
            (b, in) -> {
              b.optimizer()
                  .adam(
                      list(in, 0),
                      list(in, 1),
                      list(in, 2),
                      list(in, 3),
                      AdamStep.of(a, step).on(b.memory()),
                      null);
              return in;
            })
        .summing(16);
  }

  private static OpCase average() {
    return OpCase.of(
        "average",
        Set.of("optimizer.average"),
        lists(2, false),
        in -> update(in, 2, v -> v[0] = 0.9f * v[0] + (1 - 0.9f) * v[1]),
        (b, in) -> {
          b.optimizer().average(list(in, 0), list(in, 1), 0.9f, null);
          return in;
        });
  }

  private static OpCase scale() {
    return OpCase.of(
        "scale",
        Set.of("optimizer.scale"),
        lists(1, false),
        in -> update(in, 1, v -> v[0] *= 0.7f),
        (b, in) -> {
          b.optimizer().scale(list(in, 0), 0.7f);
          return in;
        });
  }

  /** Results are the gradients and the verdict. */
  private static OpCase clip(double maxNorm) {
    List<Input> inputs = new ArrayList<>(lists(1, false));
    inputs.add(Input.uniform(3));
    return OpCase.of(
            "clip " + maxNorm,
            Set.of("optimizer.clip"),
            inputs,
            in -> {
              double norm = Math.sqrt(squares(in.subList(0, 2)));
              double factor = Math.min(1, maxNorm / (norm + OptimizerOps.NORM_EPS));
              return List.of(
                  scaled(in.get(0), factor),
                  scaled(in.get(1), factor),
                  Array64.of(
                      Shape.of(OptimizerOps.VERDICT),
                      i -> i == OptimizerOps.FACTOR ? factor : i == OptimizerOps.CULPRIT ? -1 : 0));
            },
            (b, in) -> {
              Shape shape = Shape.of(OptimizerOps.VERDICT);
              Tensor verdict = Tensor.zeros(b.memory(), DType.FLOAT32, shape);
              b.optimizer().clip(in.get(2), list(in, 0), maxNorm, verdict);
              return List.of(in.get(0), in.get(1), verdict);
            })
        .summing(16);
  }

  private static Array64 scaled(Array64 values, double factor) {
    return Array64.of(values.shape(), i -> values.data()[i] * factor);
  }

  private static double squares(List<Array64> of) {
    return of.stream().mapToDouble(a -> Arrays.stream(a.data()).map(v -> v * v).sum()).sum();
  }

  private static OpCase sumOfSquares() {
    return OpCase.of(
        "sum of squares",
        Set.of("optimizer.sumOfSquares"),
        lists(1, false),
        in -> List.of(Array64.scalar(squares(in))),
        (b, in) -> List.of(Array64.scalar(b.optimizer().sumOfSquares(in)).upload(b.memory())));
  }
}
