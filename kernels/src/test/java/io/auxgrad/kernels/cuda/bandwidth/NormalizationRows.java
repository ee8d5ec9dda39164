package io.auxgrad.kernels.cuda.bandwidth;

import static io.auxgrad.tensor.DType.FLOAT32;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import java.util.List;

/** Batch norm with its activation, in two passes each way: sums, and elements. */
final class NormalizationRows {
  private static final int CHANNELS = 96;
  private static final float EPS = 1e-5f;

  private NormalizationRows() {}

  private static Tensor map(Batch b) {
    return b.map(120, 160, CHANNELS);
  }

  static List<Row> all() {
    return List.of(
        train("batch norm, training", false),
        train("batch norm, training, with a residual", true),
        Row.of(
            "batch norm, given statistics",
            Traffic.ONCE,
            b -> {
              Tensor x = map(b);
              Tensor gamma = b.parameter(CHANNELS);
              Tensor beta = b.parameter(CHANNELS);
              Tensor mean = b.parameter(CHANNELS);
              Tensor variance = b.zeros(FLOAT32, CHANNELS);
              return () ->
                  b.ops()
                      .normalization()
                      .infer(x, gamma, beta, null, mean, variance, EPS, Activation.RELU6);
            }),
        Row.of(
            "batch norm, made again",
            Traffic.ONCE,
            b -> {
              Tensor x = map(b);
              Tensor gamma = b.parameter(CHANNELS);
              Tensor beta = b.parameter(CHANNELS);
              Tensor mean = b.parameter(CHANNELS);
              Tensor invStd = b.parameter(CHANNELS);
              return () ->
                  b.ops().normalization().normalize(x, gamma, beta, mean, invStd, Activation.RELU6);
            }),
        backward("batch norm, gradient", Traffic.twice(0, 1), false),
        backward("batch norm, gradient, with a residual", Traffic.twice(0, 1, 2), true));
  }

  private static Row train(String name, boolean withResidual) {
    return Row.of(
        name,
        Traffic.twice(0),
        b -> {
          Tensor x = map(b);
          Tensor residual = withResidual ? map(b) : null;
          Tensor gamma = b.parameter(CHANNELS);
          Tensor beta = b.parameter(CHANNELS);
          Tensor mean = b.zeros(FLOAT32, CHANNELS);
          Tensor variance = b.zeros(FLOAT32, CHANNELS);
          return () ->
              b.ops()
                  .normalization()
                  .train(x, gamma, beta, residual, mean, variance, 0.1f, EPS, Activation.RELU6);
        });
  }

  /** With a residual the activation's mask is taken from the output, without from the input. */
  private static Row backward(String name, Traffic traffic, boolean withResidual) {
    return Row.of(
        name,
        traffic,
        b -> {
          Tensor dy = map(b);
          Tensor x = map(b);
          Tensor y = withResidual ? map(b) : null;
          Tensor gamma = b.parameter(CHANNELS);
          Tensor beta = b.parameter(CHANNELS);
          Tensor mean = b.parameter(CHANNELS);
          Tensor invStd = b.parameter(CHANNELS);
          return () ->
              b.ops()
                  .normalization()
                  .backward(
                      dy, x, y, gamma, beta, mean, invStd, Activation.RELU6, true, withResidual);
        });
  }
}
