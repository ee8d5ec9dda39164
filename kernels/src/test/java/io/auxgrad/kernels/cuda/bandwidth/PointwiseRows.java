package io.auxgrad.kernels.cuda.bandwidth;

import static io.auxgrad.tensor.DType.BFLOAT16;
import static io.auxgrad.tensor.DType.FLOAT32;
import static io.auxgrad.tensor.DType.UINT8;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** On the widest maps of MobileNetV2. */
final class PointwiseRows {
  private static final int CHANNELS = 96;

  private PointwiseRows() {}

  private static Tensor map(Batch b) {
    return b.map(120, 160, CHANNELS);
  }

  private static String name(Enum<?> op) {
    return op.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  static List<Row> all() {
    List<Row> rows = new ArrayList<>();
    for (UnaryOp op : UnaryOp.values()) {
      rows.add(unary(op));
      rows.add(unaryBackward(op));
    }
    for (BinaryOp op : BinaryOp.values()) {
      rows.add(binary(op));
    }
    rows.addAll(broadcasts());
    rows.addAll(inPlace());
    rows.addAll(casts());
    return rows;
  }

  private static Row unary(UnaryOp op) {
    return Row.of(
        name(op),
        Traffic.ONCE,
        b -> {
          Tensor x = map(b);
          return () -> b.ops().pointwise().unary(op, x);
        });
  }

  private static Row unaryBackward(UnaryOp op) {
    return Row.of(
        name(op) + ", gradient",
        Traffic.without(op.derivative() == UnaryOp.Derivative.OUTPUT ? 1 : 2),
        b -> {
          Tensor dy = map(b);
          Tensor x = map(b);
          Tensor y = map(b);
          return () -> b.ops().pointwise().unaryBackward(op, dy, x, y);
        });
  }

  private static Row binary(BinaryOp op) {
    return Row.of(
        name(op),
        Traffic.ONCE,
        b -> {
          Tensor left = map(b);
          Tensor right = map(b);
          return () -> b.ops().pointwise().binary(op, left, right);
        });
  }

  private static List<Row> broadcasts() {
    return List.of(
        Row.of(
            "add a number to each channel",
            Traffic.ONCE,
            b -> {
              Tensor x = map(b);
              Tensor channel = b.parameter(CHANNELS);
              return () -> b.ops().pointwise().binary(BinaryOp.ADD, x, channel);
            }),
        Row.of(
            "multiply each channel of each image",
            Traffic.ONCE,
            b -> {
              Tensor x = map(b);
              Tensor factor = b.parameter(b.images(), 1, 1, CHANNELS);
              return () -> b.ops().pointwise().binary(BinaryOp.MULTIPLY, x, factor);
            }),
        Row.of(
            "multiply each pixel",
            Traffic.ONCE,
            b -> {
              Tensor x = map(b);
              Tensor factor = b.numbers(FLOAT32, 120, 160, 1);
              return () -> b.ops().pointwise().binary(BinaryOp.MULTIPLY, x, factor);
            }));
  }

  private static List<Row> inPlace() {
    return List.of(
        Row.of(
            "affine",
            Traffic.ONCE,
            b -> {
              Tensor x = map(b);
              return () -> b.ops().pointwise().affine(x, 0.5f, 0.1f);
            }),
        Row.of(
            "accumulate",
            Traffic.twice(0),
            b -> {
              Tensor target = map(b);
              Tensor x = map(b);
              return () -> b.ops().pointwise().accumulate(target, x);
            }),
        Row.of(
            "scale by a number on the GPU",
            Traffic.twice(0),
            b -> {
              Tensor target = map(b);
              Tensor factor = b.parameter(1);
              return () -> b.ops().pointwise().scaleBy(target, factor);
            }),
        Row.of(
            "fill",
            Traffic.ONCE,
            b -> {
              Tensor target = map(b);
              return () -> b.ops().pointwise().fill(target, 0.5f);
            }),
        Row.of(
            "copy",
            Traffic.ONCE,
            b -> {
              Tensor source = map(b);
              Tensor target = map(b);
              return () -> b.ops().pointwise().copy(source, target);
            }),
        Row.of(
            "dropout",
            Traffic.ONCE,
            b -> {
              Tensor x = map(b);
              Tensor stream = Tensor.ofInts(b.ops().memory(), Shape.of(2), 2, 0);
              return () -> b.ops().pointwise().dropout(x, 0.1f, 1, stream);
            }));
  }

  private static List<Row> casts() {
    return List.of(
        cast(FLOAT32, BFLOAT16),
        cast(BFLOAT16, FLOAT32),
        cast(UINT8, FLOAT32),
        cast(FLOAT32, UINT8));
  }

  private static Row cast(DType from, DType to) {
    return Row.only(
        from,
        "cast to " + to.safetensorsName(),
        Traffic.ONCE,
        b -> {
          Tensor x = map(b);
          return () -> b.ops().pointwise().cast(x, to);
        });
  }
}
