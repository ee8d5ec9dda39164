package io.auxgrad.autograd;

import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

final class NormalizationGradientCases {
  private static final float EPS = 1e-3f;

  private NormalizationGradientCases() {}

  static Stream<GradientCase> all(Philox random) {
    return Stream.of(
        batchNorm(random, true, false, Activation.IDENTITY, 2, 3, 5, 3),
        batchNorm(random, true, true, Activation.IDENTITY, 2, 3, 3, 4),
        batchNorm(random, true, true, Activation.RELU, 1, 5, 3, 3),
        batchNorm(random, true, false, Activation.RELU6, 7, 5),
        batchNorm(random, false, false, Activation.IDENTITY, 2, 3, 3, 5),
        batchNorm(random, false, true, Activation.RELU, 2, 3, 5, 3));
  }

  private static GradientCase batchNorm(
      Philox random, boolean training, boolean withResidual, Activation activation, int... dims) {
    int c = dims[dims.length - 1];
    List<Doubles> inputs =
        new ArrayList<>(
            List.of(
                Doubles.uniform(random, -2, 2, dims),
                Doubles.uniform(random, 0.5, 2, c),
                Doubles.uniform(random, -1, 1, c)));
    if (withResidual) {
      inputs.add(Doubles.uniform(random, -1, 1, dims));
    }
    Doubles mean = Doubles.uniform(random, -1, 1, c);
    Doubles variance = Doubles.uniform(random, 0.5, 2, c);
    return new GradientCase(
        "NormalizationGradients.batchNorm",
        (training ? "training " : "frozen ") + activation + (withResidual ? " with residual" : ""),
        inputs,
        v -> {
          Tensor runningMean = mean.upload(v.getFirst().value().memory());
          Tensor runningVariance = variance.upload(v.getFirst().value().memory());
          return NormalizationGradients.batchNorm(
              v.get(0),
              v.get(1),
              v.get(2),
              withResidual ? v.get(3) : null,
              runningMean,
              runningVariance,
              0.1f,
              EPS,
              activation,
              training);
        },
        v -> {
          Doubles x = v.get(0);
          Doubles m = training ? mean(x) : mean;
          Doubles s = training ? variance(x, m) : variance;
          return Doubles.of(
              x.shape(),
              i -> {
                int k = i % c;
                double normal = (x.data()[i] - m.data()[k]) / Math.sqrt(s.data()[k] + (double) EPS);
                double y = normal * v.get(1).data()[k] + v.get(2).data()[k];
                return activate(activation, withResidual ? y + v.get(3).data()[i] : y);
              });
        });
  }

  private static double activate(Activation activation, double y) {
    return switch (activation) {
      case IDENTITY -> y;
      case RELU -> Math.max(0, y);
      case RELU6 -> Math.min(6, Math.max(0, y));
    };
  }

  private static Doubles mean(Doubles x) {
    Doubles sum = Doubles.zeros(x.dim(-1));
    for (int i = 0; i < x.data().length; i++) {
      sum.data()[i % x.dim(-1)] += x.data()[i] / x.shape().rows();
    }
    return sum;
  }

  private static Doubles variance(Doubles x, Doubles mean) {
    return mean(
        Doubles.of(
            x.shape(),
            i -> {
              double difference = x.data()[i] - mean.data()[i % x.dim(-1)];
              return difference * difference;
            }));
  }
}
