package io.auxgrad.autograd;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
import java.util.List;
import java.util.stream.Stream;

final class ConvolutionGradientCases {
  private static final String CONV = "ConvolutionGradients.conv2d";

  private ConvolutionGradientCases() {}

  static Stream<GradientCase> all(Philox random) {
    return Stream.of(
        conv(random, "3x3", new int[] {2, 5, 7, 3}, new int[] {4, 3, 3, 3}, Conv2dSpec.of(1, 1)),
        conv(
            random,
            "stride 2",
            new int[] {1, 6, 5, 2},
            new int[] {3, 3, 3, 2},
            Conv2dSpec.of(2, 1)),
        conv(random, "1x1", new int[] {2, 3, 3, 5}, new int[] {7, 1, 1, 5}, Conv2dSpec.of(1, 0)),
        conv(
            random,
            "dilated",
            new int[] {1, 7, 8, 2},
            new int[] {2, 3, 3, 2},
            Conv2dSpec.of(1, 2, 2, 1)),
        conv(
            random,
            "groups",
            new int[] {1, 4, 5, 6},
            new int[] {4, 3, 3, 3},
            Conv2dSpec.of(1, 1, 1, 2)),
        conv(
            random,
            "depthwise",
            new int[] {2, 5, 5, 5},
            new int[] {5, 3, 3, 1},
            Conv2dSpec.of(2, 1, 1, 5)),
        conv(
            random,
            "oblong",
            new int[] {1, 6, 9, 2},
            new int[] {3, 1, 5, 2},
            new Conv2dSpec(1, 2, 0, 1, 1, 1, 1)),
        activated(random),
        residual(random),
        scale(random, Activation.IDENTITY),
        scaleAdded(random),
        scale(random, Activation.RELU),
        scale(random, Activation.RELU6));
  }

  /** A number for each channel, whose gradients come in one pass; some results are above 6. */
  private static GradientCase scale(Philox random, Activation activation) {
    Conv2dSpec spec = Conv2dSpec.of(1, 0, 1, 5);
    List<Doubles> inputs =
        List.of(
            Doubles.uniform(random, -1, 1, 2, 3, 4, 5), Doubles.uniform(random, -9, 9, 5, 1, 1, 1));
    return new GradientCase(
        CONV,
        "scale, " + activation,
        inputs,
        v -> ConvolutionGradients.conv2d(v.get(0), v.get(1), null, spec, activation),
        v -> {
          double[] x = v.get(0).data();
          double[] w = v.get(1).data();
          return Doubles.of(
              v.get(0).shape(),
              i ->
                  switch (activation) {
                    case IDENTITY -> x[i] * w[i % 5];
                    case RELU -> Math.max(0, x[i] * w[i % 5]);
                    case RELU6 -> Math.clamp(x[i] * w[i % 5], 0, 6);
                  });
        });
  }

  private static GradientCase residual(Philox random) {
    Conv2dSpec spec = Conv2dSpec.of(1, 0);
    List<Doubles> inputs =
        List.of(
            Doubles.uniform(random, -1, 1, 1, 3, 4, 3),
            Doubles.uniform(random, -1, 1, 5, 2, 2, 3),
            Doubles.uniform(random, -1, 1, 1, 2, 3, 5));
    return new GradientCase(
        CONV,
        "with residual and ReLU",
        inputs,
        v ->
            ConvolutionGradients.conv2d(
                v.get(0), v.get(1), null, spec, v.get(2), Activation.RELU, DType.FLOAT32),
        v -> {
          Doubles y = reference(v.get(0), v.get(1), Doubles.zeros(5), spec);
          double[] residual = v.get(2).data();
          return Doubles.of(y.shape(), i -> Math.max(0, y.data()[i] + residual[i]));
        });
  }

  private static GradientCase scaleAdded(Philox random) {
    Conv2dSpec spec = Conv2dSpec.of(1, 0, 1, 5);
    List<Doubles> inputs =
        List.of(
            Doubles.uniform(random, -1, 1, 2, 3, 4, 5),
            Doubles.uniform(random, -1, 1, 5, 1, 1, 1),
            Doubles.uniform(random, -1, 1, 2, 3, 4, 5));
    return new GradientCase(
        CONV,
        "scale with residual",
        inputs,
        v ->
            ConvolutionGradients.conv2d(
                v.get(0), v.get(1), null, spec, v.get(2), Activation.IDENTITY, DType.FLOAT32),
        v -> {
          double[] x = v.get(0).data();
          double[] w = v.get(1).data();
          double[] residual = v.get(2).data();
          return Doubles.of(v.get(0).shape(), i -> x[i] * w[i % 5] + residual[i]);
        });
  }

  private static GradientCase conv(
      Philox random, String detail, int[] x, int[] w, Conv2dSpec spec) {
    List<Doubles> inputs =
        List.of(
            Doubles.uniform(random, -1, 1, x),
            Doubles.uniform(random, -1, 1, w),
            Doubles.uniform(random, -1, 1, w[0]));
    return new GradientCase(
        CONV,
        detail,
        inputs,
        v -> ConvolutionGradients.conv2d(v.get(0), v.get(1), v.get(2), spec),
        v -> reference(v.get(0), v.get(1), v.get(2), spec));
  }

  private static GradientCase activated(Philox random) {
    Conv2dSpec spec = Conv2dSpec.of(1, 0);
    List<Doubles> inputs =
        List.of(
            Doubles.uniform(random, -1, 1, 1, 3, 4, 3), Doubles.uniform(random, -1, 1, 5, 2, 2, 3));
    return new GradientCase(
        CONV,
        "with ReLU, no bias",
        inputs,
        v -> ConvolutionGradients.conv2d(v.get(0), v.get(1), null, spec, Activation.RELU),
        v -> {
          Doubles y = reference(v.get(0), v.get(1), Doubles.zeros(5), spec);
          return Doubles.of(y.shape(), i -> Math.max(0, y.data()[i]));
        });
  }

  private static Doubles reference(Doubles x, Doubles w, Doubles bias, Conv2dSpec spec) {
    Shape out = spec.outputShape(x.shape(), w.shape());
    Doubles y = Doubles.zeros(out.dims());
    int outputsPerGroup = w.dim(0) / spec.groups();
    for (int n = 0; n < out.dim(0); n++) {
      for (int i = 0; i < out.dim(1); i++) {
        for (int j = 0; j < out.dim(2); j++) {
          for (int o = 0; o < out.dim(3); o++) {
            int firstChannel = o / outputsPerGroup * w.dim(3);
            y.add(bias.at(o) + pixel(x, w, spec, firstChannel, n, i, j, o), n, i, j, o);
          }
        }
      }
    }
    return y;
  }

  private static double pixel(
      Doubles x, Doubles w, Conv2dSpec spec, int firstChannel, int n, int i, int j, int o) {
    double sum = 0;
    for (int a = 0; a < w.dim(1); a++) {
      for (int b = 0; b < w.dim(2); b++) {
        int row = i * spec.strideH() - spec.padH() + a * spec.dilationH();
        int column = j * spec.strideW() - spec.padW() + b * spec.dilationW();
        if (row >= 0 && row < x.dim(1) && column >= 0 && column < x.dim(2)) {
          for (int c = 0; c < w.dim(3); c++) {
            sum += x.at(n, row, column, firstChannel + c) * w.at(o, a, b, c);
          }
        }
      }
    }
    return sum;
  }
}
