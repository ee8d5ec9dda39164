package io.auxgrad.kernels.cuda.bandwidth;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.ReductionOps.Kind;
import java.util.List;

/** Of maps inside of the network, and of predictions at the size of the images. */
final class ReductionRows {
  private static final int CHANNELS = 96;
  private static final int CLASSES = 13;

  private ReductionRows() {}

  private static Tensor map(Batch b) {
    return b.map(120, 160, CHANNELS);
  }

  private static Tensor scores(Batch b) {
    return b.map(240, 320, CLASSES);
  }

  static List<Row> all() {
    return List.of(
        reduce("sum of all", Kind.SUM),
        reduce("sum of each channel", Kind.SUM, 0, 1, 2),
        reduce("mean of each channel of each image", Kind.MEAN, 1, 2),
        reduce("maximum of each pixel", Kind.MAX, 3),
        Row.of(
            "sum to channels",
            Traffic.ONCE,
            b -> {
              Tensor x = map(b);
              return () -> b.ops().reduction().sumTo(x, Shape.of(CHANNELS));
            }),
        Row.of(
            "argmax of classes",
            Traffic.ONCE,
            b -> {
              Tensor x = scores(b);
              return () -> b.ops().reduction().argmax(x);
            }),
        Row.of(
            "softmax of classes",
            Traffic.ONCE,
            b -> {
              Tensor x = scores(b);
              return () -> b.ops().reduction().softmax(x);
            }),
        Row.of(
            "softmax, gradient",
            Traffic.ONCE,
            b -> {
              Tensor dy = scores(b);
              Tensor y = scores(b);
              return () -> b.ops().reduction().softmaxBackward(dy, y);
            }),
        Row.of(
            "unit vectors",
            Traffic.ONCE,
            b -> {
              Tensor x = b.map(240, 320, 3);
              return () -> b.ops().reduction().unitVectors(x);
            }));
  }

  private static Row reduce(String name, Kind kind, int... axes) {
    return Row.of(
        name,
        Traffic.ONCE,
        b -> {
          Tensor x = map(b);
          return () -> b.ops().reduction().reduce(kind, x, axes);
        });
  }
}
