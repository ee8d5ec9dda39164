package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** {@code y[n,i,j,o] = sum x[n, i*s - p + a*d, ...] * w[o,a,b,c] + bias[o]}. */
final class ConvolutionCases {
  private ConvolutionCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    cases.add(conv(2, 7, 9, 5, 6, 3, Conv2dSpec.of(1, 1), true));
    cases.add(conv(1, 8, 11, 3, 16, 3, Conv2dSpec.of(2, 1), false));
    cases.add(conv(2, 6, 5, 17, 19, 1, Conv2dSpec.of(1, 0), true));
    cases.add(conv(1, 9, 7, 16, 32, 1, Conv2dSpec.of(2, 0), false));
    cases.add(conv(2, 13, 12, 4, 8, 3, Conv2dSpec.of(1, 2, 2, 1), true));
    cases.add(conv(1, 6, 7, 6, 9, 3, Conv2dSpec.of(1, 1, 1, 3), true));
    cases.add(conv(2, 10, 9, 24, 24, 3, Conv2dSpec.of(1, 1, 1, 24), false));
    cases.add(conv(1, 11, 8, 13, 13, 3, Conv2dSpec.of(2, 1, 1, 13), true));
    cases.add(conv(2, 5, 6, 33, 33, 1, Conv2dSpec.of(1, 0, 1, 33), false));
    cases.add(conv(2, 16, 15, 72, 72, 1, Conv2dSpec.of(1, 0, 1, 72), true));
    cases.add(conv(1, 16, 15, 3, 8, 7, Conv2dSpec.of(2, 3), false));
    cases.add(conv(1, 1, 1, 1, 1, 1, Conv2dSpec.of(1, 0), true));
    cases.add(conv(1, 9, 6, 4, 5, 3, new Conv2dSpec(2, 1, 0, 1, 1, 2, 1), true));
    cases.add(conv(2, 5, 7, 16, 32, 3, Conv2dSpec.of(1, 8, 8, 1), false));
    cases.add(conv(2, 9, 12, 16, 32, 3, Conv2dSpec.of(1, 8, 8, 1), false));
    cases.add(conv(1, 9, 8, 6, 6, 5, new Conv2dSpec(2, 1, 7, 11, 4, 6, 2), true));
    cases.add(conv(2, 6, 5, 5, 6, 5, Conv2dSpec.of(3, 9, 5, 1), false));
    cases.add(conv(2, 4, 5, 23, 31, 1, Conv2dSpec.of(1, 0), false));
    cases.add(conv(1, 23, 25, 9, 10, 1, Conv2dSpec.of(1, 0), false));
    cases.add(conv(1, 4, 5, 8, 6, 1, Conv2dSpec.of(1, 1), false));
    cases.add(conv(1, 9, 10, 68, 72, 1, Conv2dSpec.of(1, 0), true));
    cases.add(conv(1, 10, 9, 4, 4, 9, Conv2dSpec.of(1, 4, 1, 4), true));
    cases.add(conv(1, 9, 37, 72, 72, 3, Conv2dSpec.of(1, 1, 1, 72), true));
    cases.add(conv(2, 11, 10, 16, 16, 3, Conv2dSpec.of(2, 1, 1, 16), true));
    cases.add(conv(1, 9, 13, 8, 8, 3, Conv2dSpec.of(1, 2, 2, 8), true));
    cases.add(conv(1, 9, 11, 8, 8, 3, Conv2dSpec.of(2, 2, 2, 8), false));
    cases.add(conv(1, 9, 8, 40, 40, 3, new Conv2dSpec(2, 1, 0, 1, 1, 1, 40), true));
    cases.add(conv(2, 8, 9, 8, 8, 5, Conv2dSpec.of(1, 2, 1, 8), true));
    cases.addAll(strided());
    for (int o = 1; o <= 5; o++) {
      cases.add(conv(2, 7, 6, 64, o, 3, Conv2dSpec.of(1, o % 3), o != 2));
    }
    for (int o : new int[] {13, 16, 17}) {
      cases.add(conv(2, 7, 6, 64, o, 3, Conv2dSpec.of(1, 1), true));
    }
    for (int o : new int[] {5, 8, 13}) {
      cases.add(conv(2, 4, 7, 128, o, 3, Conv2dSpec.of(1, 1), o != 5));
    }
    cases.add(conv(1, 3, 9, 129, 13, 3, new Conv2dSpec(1, 1, 2, 3, 2, 3, 1), true));
    cases.add(conv(1, 5, 4, 65, 2, 5, Conv2dSpec.of(1, 2), true));
    cases.add(conv(1, 3, 9, 64, 3, 3, new Conv2dSpec(1, 1, 2, 3, 2, 3, 1), true));
    for (Activation a : Activation.values()) {
      cases.add(fused(a, 12, 10));
      cases.add(fused(a, 70, 3));
      cases.add(fused(a, 128, 11));
      cases.add(residual(a, 3, 12, 10, true));
      cases.add(residual(a, 3, 70, 3, false));
      cases.add(residual(a, 3, 1, 16, true));
      cases.add(residual(a, 1, 1, 21, true));
      cases.add(residual(a, 1, 1, 64, false));
    }
    return cases;
  }

  /** Strides and dilations with and without a common factor, beyond the kernel and the image. */
  private static List<OpCase> strided() {
    return List.of(
        conv(2, 23, 21, 8, 12, 3, Conv2dSpec.of(2, 1), true),
        conv(2, 9, 10, 8, 8, 3, Conv2dSpec.of(4, 1), false),
        conv(1, 12, 13, 5, 6, 3, new Conv2dSpec(4, 6, 2, 5, 2, 4, 1), false),
        conv(1, 11, 9, 8, 4, 3, new Conv2dSpec(3, 2, 1, 1, 2, 1, 1), false),
        conv(2, 5, 4, 8, 8, 3, new Conv2dSpec(7, 9, 1, 1, 1, 1, 2), false));
  }

  private static OpCase conv(
      int n, int h, int w, int c, int o, int k, Conv2dSpec spec, boolean bias) {
    int perGroup = c / spec.groups();
    List<Input> inputs = new ArrayList<>();
    inputs.add(Input.uniform(n, h, w, c));
    inputs.add(Input.uniform(o, k, k, perGroup));
    if (bias) {
      inputs.add(Input.uniform(o));
    }
    return OpCase.of(
            "conv2d " + k + "x" + k + " " + spec,
            Set.of("convolution.forward", "convolution.gradInput", "convolution.gradWeight"),
            inputs,
            in -> List.of(reference(in.get(0), in.get(1), bias ? in.get(2) : null, spec)),
            (b, in) ->
                List.of(
                    b.convolution()
                        .forward(
                            in.get(0),
                            in.get(1),
                            bias ? in.get(2) : null,
                            spec,
                            Activation.IDENTITY)))
        .differentiable((b, in, out, dy) -> {
          var ops = b.convolution();
          var dx = ops.gradInput(dy, in.get(1), spec, in.get(0).shape());
          var dw = ops.gradWeight(in.get(0), dy, spec, in.get(1).shape(), bias);
          return bias ? List.of(dx, dw.weight(), dw.bias()) : List.of(dx, dw.weight());
        })
        .summing((long) n * h * w * Math.max(perGroup, 1));
  }

  private static OpCase fused(Activation activation, int c, int o) {
    Conv2dSpec spec = Conv2dSpec.of(1, 1);
    return OpCase.of(
            "conv2d + " + activation,
            Set.of("convolution.forward"),
            List.of(
                Input.uniform(2, 6, 7, c),
                new Input(Shape.of(o, 3, 3, c), Input.Kind.UNIFORM, -2, 2),
                Input.uniform(o)),
            in -> {
              Array64 y = reference(in.get(0), in.get(1), in.get(2), spec);
              Arrays.setAll(y.data(), i -> activate(activation, y.data()[i]));
              return List.of(y);
            },
            (b, in) ->
                List.of(b.convolution().forward(in.get(0), in.get(1), in.get(2), spec, activation)))
        .summing(9L * c);
  }

  private static OpCase residual(Activation activation, int k, int c, int o, boolean bias) {
    Conv2dSpec spec = Conv2dSpec.of(1, k / 2, 1, c == 1 ? o : 1);
    List<Input> inputs = new ArrayList<>();
    inputs.add(Input.uniform(2, 6, 7, c * spec.groups()));
    inputs.add(new Input(Shape.of(o, k, k, c), Input.Kind.UNIFORM, -2, 2));
    inputs.add(new Input(Shape.of(2, 6, 7, o), Input.Kind.UNIFORM, -4, 4));
    if (bias) {
      inputs.add(Input.uniform(o));
    }
    return OpCase.of(
            "conv2d %dx%d + residual + %s, %d groups".formatted(k, k, activation, spec.groups()),
            Set.of("convolution.forward"),
            inputs,
            in -> {
              Array64 y = reference(in.get(0), in.get(1), bias ? in.get(3) : null, spec);
              double[] r = in.get(2).data();
              Arrays.setAll(y.data(), i -> activate(activation, y.data()[i] + r[i]));
              return List.of(y);
            },
            (b, in) ->
                List.of(
                    b.convolution()
                        .forward(
                            in.get(0),
                            in.get(1),
                            bias ? in.get(3) : null,
                            spec,
                            in.get(2),
                            activation,
                            in.get(0).dtype())))
        .summing((long) k * k * c);
  }

  static double activate(Activation activation, double v) {
    return switch (activation) {
      case IDENTITY -> v;
      case RELU -> Math.max(0, v);
      case RELU6 -> Math.min(6, Math.max(0, v));
    };
  }

  private static Array64 reference(Array64 x, Array64 w, Array64 bias, Conv2dSpec s) {
    Shape out = s.outputShape(x.shape(), w.shape());
    Array64 y = Array64.of(out);
    int inPerGroup = w.shape().dim(3);
    int outPerGroup = out.dim(3) / s.groups();
    for (int n = 0; n < out.dim(0); n++) {
      for (int i = 0; i < out.dim(1); i++) {
        for (int j = 0; j < out.dim(2); j++) {
          for (int o = 0; o < out.dim(3); o++) {
            int first = o / outPerGroup * inPerGroup;
            y.add(window(x, w, s, n, i, j, o, first) + (bias == null ? 0 : bias.at(o)), n, i, j, o);
          }
        }
      }
    }
    return y;
  }

  private static double window(
      Array64 x, Array64 w, Conv2dSpec s, int n, int i, int j, int o, int firstChannel) {
    double sum = 0;
    for (int a = 0; a < w.shape().dim(1); a++) {
      int row = i * s.strideH() - s.padH() + a * s.dilationH();
      for (int b = 0; b < w.shape().dim(2); b++) {
        int column = j * s.strideW() - s.padW() + b * s.dilationW();
        if (row < 0 || row >= x.shape().dim(1) || column < 0 || column >= x.shape().dim(2)) {
          continue;
        }
        for (int c = 0; c < w.shape().dim(3); c++) {
          sum += x.at(n, row, column, firstChannel + c) * w.at(o, a, b, c);
        }
      }
    }
    return sum;
  }
}
