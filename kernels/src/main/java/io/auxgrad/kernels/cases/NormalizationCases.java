package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Batch normalisation with residual and activation, in training and with given statistics. */
final class NormalizationCases {
  private static final float MOMENTUM = 0.25f;
  private static final float EPS = 1e-3f;

  private NormalizationCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (Activation activation : Activation.values()) {
      for (boolean residual : new boolean[] {false, true}) {
        cases.add(train(activation, residual, 3, 5, 7, 19));
        cases.add(infer(activation, residual, 3, 5, 7, 19));
      }
      cases.add(normalize(activation, 3, 5, 7, 19));
    }
    cases.addAll(inBfloat16());
    cases.add(train(Activation.RELU6, true, 1, 2, 1, 1));
    cases.add(train(Activation.RELU, false, 2, 16, 16, 64));
    cases.add(train(Activation.RELU6, false, 2, 37, 41, 24));
    cases.add(infer(Activation.RELU6, true, 1, 1, 1, 3));
    cases.add(infer(Activation.RELU6, false, 2, 37, 41, 24));
    cases.add(infer(Activation.RELU, false, 2, 16, 16, 64));
    return cases;
  }

  /** Not RELU6: next to 6 what is rounded to it is on the other side of the kink. */
  private static List<OpCase> inBfloat16() {
    List<OpCase> cases = new ArrayList<>();
    for (Activation activation : List.of(Activation.IDENTITY, Activation.RELU)) {
      for (int c : new int[] {19, 48}) {
        cases.add(train(activation, false, 3, 5, 7, c).inBfloat16(Set.of(0), Set.of(0)));
        cases.add(train(activation, true, 3, 5, 7, c).inBfloat16(Set.of(0, 3), Set.of(0)));
        cases.add(infer(activation, false, 3, 5, 7, c).inBfloat16(Set.of(0), Set.of(0)));
        cases.add(infer(activation, true, 3, 5, 7, c).inBfloat16(Set.of(0, 3), Set.of(0)));
      }
    }
    return cases;
  }

  private static List<Input> inputs(
      boolean residual, int n, int h, int w, int c, boolean statistics) {
    List<Input> inputs = new ArrayList<>();
    inputs.add(Input.distinct(n, h, w, c));
    inputs.add(Input.positive(c));
    inputs.add(new Input(Shape.of(c), Input.Kind.UNIFORM, -0.5, 3));
    if (residual) {
      inputs.add(Input.uniform(n, h, w, c));
    }
    if (statistics) {
      inputs.add(Input.uniform(c));
      inputs.add(Input.positive(c));
    }
    return inputs;
  }

  private static OpCase train(Activation activation, boolean residual, int n, int h, int w, int c) {
    return OpCase.of(
            "batch norm train " + activation + (residual ? " + residual" : ""),
            Set.of("normalization.train", "normalization.backward"),
            inputs(residual, n, h, w, c, false),
            in -> trainReference(in, residual ? in.get(3) : null, activation),
            (b, in) -> {
              Tensor mean = Tensor.zeros(b.memory(), DType.FLOAT32, Shape.of(c));
              Tensor variance = Tensor.zeros(b.memory(), DType.FLOAT32, Shape.of(c));
              var r =
                  b.normalization()
                      .train(
                          in.get(0),
                          in.get(1),
                          in.get(2),
                          residual ? in.get(3) : null,
                          mean,
                          variance,
                          MOMENTUM,
                          EPS,
                          activation);
              return List.of(r.y(), r.mean(), r.invStd(), mean, variance);
            })
        .differentiable((b, in, out, dy) ->
            gradients(
                b.normalization()
                    .backward(
                        dy,
                        in.get(0),
                        residual ? out.get(0) : null,
                        in.get(1),
                        in.get(2),
                        out.get(1),
                        out.get(2),
                        activation,
                        true,
                        residual)))
        .summing((long) n * h * w);
  }

  private static OpCase infer(Activation activation, boolean residual, int n, int h, int w, int c) {
    int statistics = residual ? 4 : 3;
    return OpCase.of(
            "batch norm infer " + activation + (residual ? " + residual" : ""),
            Set.of("normalization.infer", "normalization.backward"),
            inputs(residual, n, h, w, c, true),
            in ->
                List.of(
                    normalize(
                        in,
                        residual ? in.get(3) : null,
                        in.get(statistics).data(),
                        in.get(statistics + 1).data(),
                        activation)),
            (b, in) ->
                List.of(
                    b.normalization()
                        .infer(
                            in.get(0),
                            in.get(1),
                            in.get(2),
                            residual ? in.get(3) : null,
                            in.get(statistics),
                            in.get(statistics + 1),
                            EPS,
                            activation)))
        .differentiable((b, in, out, dy) -> {
          Tensor shifted = b.pointwise().affine(in.get(statistics + 1), 1, EPS);
          Tensor root = b.pointwise().unary(UnaryOp.SQRT, shifted);
          Tensor invStd = b.pointwise().unary(UnaryOp.RECIPROCAL, root);
          List<Tensor> all =
              new ArrayList<>(
                  gradients(
                      b.normalization()
                          .backward(
                              dy,
                              in.get(0),
                              out.get(0),
                              in.get(1),
                              in.get(2),
                              in.get(statistics),
                              invStd,
                              activation,
                              false,
                              residual)));
          all.add(null);
          all.add(null);
          return all;
        })
        .summing((long) n * h * w);
  }

  private static OpCase normalize(Activation activation, int n, int h, int w, int c) {
    return OpCase.of(
        "batch norm again " + activation,
        Set.of("normalization.normalize"),
        inputs(false, n, h, w, c, true),
        in -> {
          double[] invStd = in.get(4).data();
          Array64 variance = Array64.of(Shape.of(c), i -> 1 / (invStd[i] * invStd[i]) - EPS);
          return List.of(normalize(in, null, in.get(3).data(), variance.data(), activation));
        },
        (b, in) ->
            List.of(
                b.normalization()
                    .normalize(in.get(0), in.get(1), in.get(2), in.get(3), in.get(4), activation)));
  }

  private static List<Tensor> gradients(io.auxgrad.tensor.ops.NormalizationOps.Gradients g) {
    List<Tensor> list = new ArrayList<>(List.of(g.x(), g.gamma(), g.beta()));
    if (g.residual() != null) {
      list.add(g.residual());
    }
    return list;
  }

  private static List<Array64> trainReference(
      List<Array64> in, Array64 residual, Activation activation) {
    Array64 x = in.get(0);
    int c = x.shape().dim(-1);
    int rows = (int) x.shape().rows();
    double[] mean = new double[c];
    double[] variance = new double[c];
    for (int i = 0; i < x.data().length; i++) {
      mean[i % c] += x.data()[i] / rows;
    }
    for (int i = 0; i < x.data().length; i++) {
      variance[i % c] += Math.pow(x.data()[i] - mean[i % c], 2) / rows;
    }
    Shape channels = Shape.of(c);
    return List.of(
        normalize(in, residual, mean, variance, activation),
        Array64.of(channels, i -> mean[i]),
        Array64.of(channels, i -> 1 / Math.sqrt(variance[i] + EPS)),
        Array64.of(channels, i -> MOMENTUM * mean[i]),
        Array64.of(channels, i -> MOMENTUM * variance[i] * rows / (rows - 1)));
  }

  private static Array64 normalize(
      List<Array64> in, Array64 residual, double[] mean, double[] variance, Activation activation) {
    double[] x = in.get(0).data();
    int c = in.get(0).shape().dim(-1);
    return Array64.of(
        in.get(0).shape(),
        i -> {
          int k = i % c;
          double v =
              (x[i] - mean[k]) / Math.sqrt(variance[k] + EPS) * in.get(1).data()[k]
                  + in.get(2).data()[k];
          return ConvolutionCases.activate(
              activation, v + (residual == null ? 0 : residual.data()[i]));
        });
  }
}
