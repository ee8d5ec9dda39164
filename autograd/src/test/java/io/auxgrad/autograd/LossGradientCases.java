package io.auxgrad.autograd;

import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

final class LossGradientCases {
  private static final int IGNORE = -1;
  private static final int[] LABELS = {3, 0, IGNORE, 4, 2, 1, 3, IGNORE, 0, 4};
  private static final byte[] MASK = {1, 1, 0, 1, 0, 1, 1, 1, 1, 0};

  private LossGradientCases() {}

  static Stream<GradientCase> all(Philox random) {
    return GradientCase.alsoInBfloat16(inFloat32(random), 0);
  }

  private static Stream<GradientCase> inFloat32(Philox random) {
    return Stream.concat(
        Stream.of(
            crossEntropy(random, null),
            crossEntropy(random, Doubles.uniform(random, 0.5, 2, 5)),
            cosine(random, false),
            cosine(random, true)),
        Arrays.stream(Penalty.values())
            .flatMap(penalty ->
                Stream.of(regression(random, penalty, false), regression(random, penalty, true))));
  }

  private static GradientCase crossEntropy(Philox random, Doubles weights) {
    return new GradientCase(
        "LossGradients.crossEntropy",
        weights == null ? "" : "with weights",
        List.of(Doubles.uniform(random, -3, 3, 2, 5, 5)),
        v -> {
          DeviceMemory memory = v.getFirst().value().memory();
          return LossGradients.crossEntropy(
              v.getFirst(),
              Tensor.ofInts(memory, Shape.of(2, 5), LABELS),
              IGNORE,
              weights == null ? null : weights.upload(memory));
        },
        v -> {
          double sum = 0;
          double weight = 0;
          for (int row = 0; row < LABELS.length; row++) {
            if (LABELS[row] != IGNORE) {
              double w = weights == null ? 1 : weights.at(LABELS[row]);
              sum -= w * logSoftmax(v.getFirst().data(), row * 5, LABELS[row]);
              weight += w;
            }
          }
          return Doubles.scalar(sum / weight);
        });
  }

  static double logSoftmax(double[] logits, int from, int label) {
    double sum = 0;
    for (int k = 0; k < 5; k++) {
      sum += Math.exp(logits[from + k]);
    }
    return logits[from + label] - Math.log(sum);
  }

  private static GradientCase regression(Philox random, Penalty penalty, boolean masked) {
    Doubles target = Doubles.uniform(random, -1, 1, 2, 5);
    Doubles x =
        Doubles.of(
            target.shape(),
            i ->
                (float)
                    (target.data()[i] + (random.nextInt(2) * 2 - 1) * random.uniform(0.05f, 2)));
    double c = largest(x, target, masked) / 5;
    return new GradientCase(
        "LossGradients.regression",
        penalty + (masked ? " masked" : ""),
        List.of(x),
        v -> {
          DeviceMemory memory = v.getFirst().value().memory();
          return LossGradients.regression(
              penalty,
              v.getFirst(),
              target.upload(memory),
              masked ? Tensor.ofBytes(memory, Shape.of(2, 5), MASK) : null);
        },
        v -> {
          double sum = 0;
          int count = 0;
          for (int i = 0; i < MASK.length; i++) {
            if (!masked || MASK[i] != 0) {
              sum += penalty(penalty, v.getFirst().data()[i] - target.data()[i], c);
              count++;
            }
          }
          return Doubles.scalar(sum / count);
        });
  }

  /** The threshold of berHu is a constant in the gradient, so it comes from the unmoved input. */
  private static double largest(Doubles x, Doubles target, boolean masked) {
    double largest = 0;
    for (int i = 0; i < MASK.length; i++) {
      if (!masked || MASK[i] != 0) {
        largest = Math.max(largest, Math.abs(x.data()[i] - target.data()[i]));
      }
    }
    return largest;
  }

  static double penalty(Penalty penalty, double e, double c) {
    return switch (penalty) {
      case L1 -> Math.abs(e);
      case L2 -> e * e;
      case BERHU -> Math.abs(e) <= c ? Math.abs(e) : (e * e + c * c) / (2 * c);
    };
  }

  private static GradientCase cosine(Philox random, boolean masked) {
    Doubles directions = Doubles.uniform(random, -1, 1, 2, 5, 3);
    Doubles target =
        Doubles.of(
            directions.shape(),
            i -> (float) (directions.data()[i] / length(directions.data(), i / 3)));
    return new GradientCase(
        "LossGradients.cosine",
        masked ? "masked" : "",
        List.of(Doubles.uniform(random, -1, 1, 2, 5, 3)),
        v -> {
          DeviceMemory memory = v.getFirst().value().memory();
          return LossGradients.cosine(
              v.getFirst(),
              target.upload(memory),
              masked ? Tensor.ofBytes(memory, Shape.of(2, 5), MASK) : null);
        },
        v -> {
          double[] x = v.getFirst().data();
          double sum = 0;
          int count = 0;
          for (int row = 0; row < MASK.length; row++) {
            if (!masked || MASK[row] != 0) {
              double dot = 0;
              for (int k = 0; k < 3; k++) {
                dot += x[3 * row + k] * target.data()[3 * row + k];
              }
              sum += 1 - dot / length(x, row) / length(target.data(), row);
              count++;
            }
          }
          return Doubles.scalar(sum / count);
        });
  }

  static double length(double[] v, int row) {
    return Math.sqrt(
        v[3 * row] * v[3 * row]
            + v[3 * row + 1] * v[3 * row + 1]
            + v[3 * row + 2] * v[3 * row + 2]);
  }
}
