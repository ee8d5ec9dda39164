package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.LossOps;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Losses: mean over the valid pixels, gradient in the same pass. */
final class LossCases {
  private LossCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (int classes : new int[] {1, 2, 13, 16, 40}) {
      cases.addAll(alsoInBfloat16(crossEntropy(classes, false, 0, 2, 5, 7)));
      cases.addAll(alsoInBfloat16(crossEntropy(classes, true, -1, 3, 33)));
    }
    cases.add(crossEntropy(13, true, -1, 4, 31, 37));
    cases.addAll(alsoInBfloat16(crossEntropy(151, true, -1, 61)));
    cases.addAll(alsoInBfloat16(crossEntropy(1100, false, -1, 9)));
    for (Penalty penalty : Penalty.values()) {
      cases.addAll(alsoInBfloat16(regression(penalty, true, 2, 5, 7, 1)));
      cases.addAll(alsoInBfloat16(regression(penalty, false, 3, 41)));
      cases.add(regression(penalty, true, 1));
    }
    cases.addAll(alsoInBfloat16(cosine(true, 2, 5, 7, 3)));
    cases.addAll(alsoInBfloat16(cosine(false, 67, 3)));
    cases.add(nothingValid());
    return cases;
  }

  /** {@code c}, and again with a prediction in bfloat16. */
  static List<OpCase> alsoInBfloat16(OpCase c) {
    return OpCase.alsoInBfloat16(List.of(c), Set.of(0), Set.of());
  }

  static List<Tensor> outputs(LossOps.Result r) {
    return List.of(r.loss(), r.gradient());
  }

  /**
   * The second output is the gradient, which belongs to the first input; dy is a scalar factor of
   * it.
   */
  static OpCase.Gradient gradientOfFirst(int inputs) {
    return (b, in, out, dy) -> {
      b.pointwise().scaleBy(out.get(1), dy);
      List<Tensor> all = new ArrayList<>(Collections.nCopies(inputs, null));
      all.set(0, out.get(1));
      return all;
    };
  }

  private static OpCase crossEntropy(int classes, boolean weighted, int lowestLabel, int... dims) {
    int[] logits = Arrays.copyOf(dims, dims.length + 1);
    logits[dims.length] = classes;
    List<Input> inputs = new ArrayList<>();
    inputs.add(new Input(Shape.of(logits), Input.Kind.UNIFORM, -6, 6));
    inputs.add(Input.labels(lowestLabel, classes, dims));
    if (weighted) {
      inputs.add(Input.positive(classes));
    }
    return OpCase.of(
            "cross-entropy" + (weighted ? " weighted" : ""),
            Set.of("loss.crossEntropy"),
            inputs,
            in -> List.of(Array64.scalar(crossEntropy(in, weighted))),
            (b, in) ->
                outputs(
                    b.loss()
                        .crossEntropy(in.get(0), in.get(1), -1, weighted ? in.get(2) : null, true)))
        .differentiable(gradientOfFirst(inputs.size()))
        .summing(Shape.of(dims).size());
  }

  static double crossEntropy(List<Array64> in, boolean weighted) {
    double[] logits = in.get(0).data();
    double[] labels = in.get(1).data();
    int c = in.get(0).shape().dim(-1);
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < labels.length; i++) {
      int label = (int) labels[i];
      if (label >= 0) {
        double w = weighted ? in.get(2).data()[label] : 1;
        double total = 0;
        for (int k = 0; k < c; k++) {
          total += Math.exp(logits[i * c + k] - logits[i * c + label]);
        }
        sum += w * Math.log(total);
        weights += w;
      }
    }
    return weights == 0 ? 0 : sum / weights;
  }

  private static OpCase regression(Penalty penalty, boolean masked, int... dims) {
    List<Input> inputs =
        new ArrayList<>(
            List.of(Input.distinct(dims), new Input(Shape.of(dims), Input.Kind.UNIFORM, 3, 9)));
    if (masked) {
      inputs.add(Input.mask(dims));
    }
    return OpCase.of(
            "regression " + penalty + (masked ? " masked" : ""),
            Set.of("loss.regression"),
            inputs,
            in -> List.of(Array64.scalar(regression(penalty, in, masked))),
            (b, in) ->
                outputs(
                    b.loss()
                        .regression(
                            penalty, in.get(0), in.get(1), masked ? in.get(2) : null, true)))
        .differentiable(penalty == Penalty.BERHU ? null : gradientOfFirst(inputs.size()))
        .summing(Shape.of(dims).size());
  }

  static double regression(Penalty penalty, List<Array64> in, boolean masked) {
    double threshold = 0;
    int valid = 0;
    double[] e = new double[in.get(0).data().length];
    for (int i = 0; i < e.length; i++) {
      if (!masked || in.get(2).data()[i] != 0) {
        e[i] = Math.abs(in.get(0).data()[i] - in.get(1).data()[i]);
        threshold = Math.max(threshold, 0.2 * e[i]);
        valid++;
      }
    }
    double c = threshold;
    double sum = 0;
    for (double v : e) {
      sum +=
          switch (penalty) {
            case L1 -> v;
            case L2 -> v * v;
            case BERHU -> v <= c ? v : (v * v + c * c) / (2 * c);
          };
    }
    return valid == 0 ? 0 : sum / valid;
  }

  private static OpCase cosine(boolean masked, int... dims) {
    List<Input> inputs = new ArrayList<>(List.of(Input.uniform(dims), Input.uniform(dims)));
    if (masked) {
      inputs.add(Input.mask(Arrays.copyOf(dims, dims.length - 1)));
    }
    return OpCase.of(
            "cosine" + (masked ? " masked" : ""),
            Set.of("loss.cosine"),
            inputs,
            in -> List.of(Array64.scalar(cosine(in, masked))),
            (b, in) ->
                outputs(b.loss().cosine(in.get(0), in.get(1), masked ? in.get(2) : null, true)))
        .differentiable(gradientOfFirst(inputs.size()))
        .summing(Shape.of(dims).size());
  }

  /** As the op is defined: the target is taken as it is, the prediction is normalised. */
  static double cosine(List<Array64> in, boolean masked) {
    double[] p = in.get(0).data();
    double[] t = in.get(1).data();
    int length = in.get(0).shape().dim(-1);
    double sum = 0;
    int valid = 0;
    for (int i = 0; i < p.length; i += length) {
      if (!masked || in.get(2).data()[i / length] != 0) {
        double dot = 0;
        double square = 0;
        for (int c = i; c < i + length; c++) {
          dot += p[c] * t[c];
          square += p[c] * p[c];
        }
        sum += 1 - dot / Math.sqrt(square);
        valid++;
      }
    }
    return valid == 0 ? 0 : sum / valid;
  }

  private static OpCase nothingValid() {
    return OpCase.of(
            "cross-entropy, nothing valid",
            Set.of("loss.crossEntropy"),
            List.of(Input.uniform(2, 3, 5), Input.labels(-1, 0, 2, 3)),
            in -> List.of(Array64.scalar(0)),
            (b, in) -> outputs(b.loss().crossEntropy(in.get(0), in.get(1), -1, null, true)))
        .differentiable(gradientOfFirst(2));
  }
}
