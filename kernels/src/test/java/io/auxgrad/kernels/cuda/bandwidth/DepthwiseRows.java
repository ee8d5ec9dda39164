package io.auxgrad.kernels.cuda.bandwidth;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
import java.util.List;
import java.util.stream.Stream;

/** Depthwise convolutions as MobileNetV2 has them, and a large kernel. */
final class DepthwiseRows {
  private static final int CHANNELS = 96;
  private static final Shape MAP = Shape.of(1, 120, 160, CHANNELS);

  private DepthwiseRows() {}

  static List<Row> all() {
    return Stream.of(
            of("3x3", 3, Conv2dSpec.of(1, 1, 1, CHANNELS)),
            of("3x3 by 2", 3, Conv2dSpec.of(2, 1, 1, CHANNELS)),
            of("3x3 dilated by 2", 3, Conv2dSpec.of(1, 2, 2, CHANNELS)),
            of("5x5", 5, Conv2dSpec.of(1, 2, 1, CHANNELS)))
        .flatMap(List::stream)
        .toList();
  }

  private static List<Row> of(String name, int kernel, Conv2dSpec spec) {
    Shape weight = Shape.of(CHANNELS, kernel, kernel, 1);
    return List.of(
        Row.of(
            "depthwise " + name,
            Traffic.ONCE,
            b -> {
              Tensor x = input(b);
              Tensor w = b.parameter(weight.dims());
              return () -> b.ops().convolution().forward(x, w, null, spec, Activation.IDENTITY);
            }),
        Row.of(
            "depthwise %s, gradient of the input".formatted(name),
            Traffic.ONCE,
            b -> {
              Tensor dy = output(b, weight, spec);
              Tensor w = b.parameter(weight.dims());
              return () -> b.ops().convolution().gradInput(dy, w, spec, inputShape(b));
            }),
        Row.of(
            "depthwise %s, gradient of the weight".formatted(name),
            Traffic.ONCE,
            b -> {
              Tensor x = input(b);
              Tensor dy = output(b, weight, spec);
              return () -> b.ops().convolution().gradWeight(x, dy, spec, weight, false);
            }));
  }

  private static Tensor input(Batch b) {
    return b.map(MAP.dim(1), MAP.dim(2), CHANNELS);
  }

  private static Shape inputShape(Batch b) {
    return Shape.of(b.images(), b.extent(MAP.dim(1)), b.extent(MAP.dim(2)), CHANNELS);
  }

  private static Tensor output(Batch b, Shape weight, Conv2dSpec spec) {
    return b.map(spec.outputShape(inputShape(b), weight));
  }
}
