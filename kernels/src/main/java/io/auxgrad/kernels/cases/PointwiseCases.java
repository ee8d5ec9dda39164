package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/** Element-wise ops. */
final class PointwiseCases {
  private PointwiseCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (UnaryOp op : UnaryOp.values()) {
      cases.add(unary(op, 3, 5, 7, 11));
    }
    for (BinaryOp op : BinaryOp.values()) {
      cases.add(binary(op, Shape.of(3, 5, 7, 11), Shape.of(3, 5, 7, 11)));
      cases.add(binary(op, Shape.of(3, 5, 7, 11), Shape.of(11)));
      cases.add(binary(op, Shape.scalar(), Shape.of(5, 33)));
      cases.add(binary(op, Shape.of(2, 1, 7, 1), Shape.of(5, 1, 19)));
      cases.add(binary(op, Shape.of(4, 6, 8, 16), Shape.of(4, 1, 1, 16)));
    }
    cases.add(
        inPlace(
            "accumulate",
            "pointwise.accumulate",
            Input.uniform(3, 5, 17),
            (b, t, x) -> b.pointwise().accumulate(t, x),
            Double::sum));
    cases.add(
        inPlace(
            "fill",
            "pointwise.fill",
            Input.uniform(1),
            (b, t, x) -> b.pointwise().fill(t, -2.5f),
            (t, x) -> -2.5));
    cases.add(affine(5, 7, 3));
    cases.add(affine(70_001));
    cases.add(copy());
    cases.add(dropout(0.3f, 3, 7, 13));
    cases.add(dropout(0f, 5));
    List<OpCase> all = new ArrayList<>(OpCase.alsoInBfloat16(cases, Set.of(0, 1), Set.of(0)));
    Arrays.stream(UnaryOp.values()).map(op -> unary(op, 1)).forEach(all::add);
    all.addAll(mixedTypes());
    all.add(scaleBy());
    all.add(scaleBy().inBfloat16(Set.of(0), Set.of(0)));
    all.addAll(casts());
    return all;
  }

  static double apply(UnaryOp op, double x) {
    return switch (op) {
      case NEGATE -> -x;
      case ABS -> Math.abs(x);
      case SQUARE -> x * x;
      case SQRT -> Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case RELU -> Math.max(0, x);
      case RELU6 -> Math.min(6, Math.max(0, x));
      case LEAKY_RELU -> x > 0 ? x : 0.01 * x;
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case TANH -> Math.tanh(x);
      case SILU -> x / (1 + Math.exp(-x));
      case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      case HARD_SWISH -> x * Math.min(6, Math.max(0, x + 3)) / 6;
    };
  }

  private static OpCase unary(UnaryOp op, int... dims) {
    Input input =
        switch (op) {
          case SQRT, RECIPROCAL, LOG -> Input.positive(dims);
          default -> Input.distinct(dims);
        };
    return OpCase.of(
            op.name(),
            Set.of("pointwise.unary", "pointwise.unaryBackward"),
            List.of(input),
            in -> List.of(map(in.get(0), x -> apply(op, x))),
            (b, in) -> List.of(b.pointwise().unary(op, in.get(0))))
        .differentiable((b, in, out, dy) ->
            List.of(b.pointwise().unaryBackward(op, dy, in.get(0), out.get(0))));
  }

  private static Array64 map(Array64 x, DoubleUnaryOperator f) {
    return Array64.of(x.shape(), i -> f.applyAsDouble(x.data()[i]));
  }

  private static OpCase binary(BinaryOp op, Shape a, Shape b) {
    return OpCase.of(
        op.name(),
        Set.of("pointwise.binary"),
        List.of(Input.uniform(a.dims()), Input.positive(b.dims())),
        in -> {
          Shape out = a.broadcast(b);
          return List.of(
              Array64.of(out, i -> apply(op, pick(in.get(0), out, i), pick(in.get(1), out, i))));
        },
        (be, in) -> List.of(be.pointwise().binary(op, in.get(0), in.get(1))));
  }

  private static double apply(BinaryOp op, double a, double b) {
    return switch (op) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MAXIMUM -> Math.max(a, b);
      case MINIMUM -> Math.min(a, b);
    };
  }

  /** The element of {@code x} that lands at offset {@code at} of {@code out} under broadcasting. */
  static double pick(Array64 x, Shape out, int at) {
    return x.data()[broadcastOffset(x.shape(), out, at)];
  }

  static int broadcastOffset(Shape x, Shape out, int at) {
    int offset = 0;
    int stride = 1;
    int rest = at;
    for (int i = 1; i <= out.rank(); i++) {
      int index = rest % out.dim(-i);
      rest /= out.dim(-i);
      if (i <= x.rank()) {
        offset += x.dim(-i) == 1 ? 0 : index * stride;
        stride *= x.dim(-i);
      }
    }
    return offset;
  }

  /** A map in bfloat16 and a parameter in float32, and the other way round. */
  private static List<OpCase> mixedTypes() {
    Shape map = Shape.of(3, 5, 7, 11);
    return List.of(
        binary(BinaryOp.ADD, map, map).inBfloat16(Set.of(0), Set.of(0)),
        binary(BinaryOp.ADD, map, Shape.of(11)).inBfloat16(Set.of(0), Set.of(0)),
        binary(BinaryOp.MULTIPLY, map, Shape.scalar()).inBfloat16(Set.of(0), Set.of(0)),
        binary(BinaryOp.MULTIPLY, map, Shape.of(7, 1)).inBfloat16(Set.of(1), Set.of()));
  }

  private static OpCase scaleBy() {
    return inPlace(
        "scale by",
        "pointwise.scaleBy",
        Input.uniform(1),
        (b, t, f) -> b.pointwise().scaleBy(t, f),
        (t, f) -> t * f);
  }

  private static OpCase affine(int... dims) {
    return OpCase.of(
        "affine",
        Set.of("pointwise.affine"),
        List.of(Input.uniform(dims)),
        in -> List.of(map(in.get(0), x -> -1.5 * x + 0.25)),
        (b, in) -> List.of(b.pointwise().affine(in.get(0), -1.5f, 0.25f)));
  }

  private interface Update {
    void apply(Backend b, Tensor target, Tensor x);
  }

  private interface Combine {
    double apply(double target, double x);
  }

  private static OpCase inPlace(
      String name, String method, Input x, Update update, Combine reference) {
    Shape shape = Shape.of(3, 5, 17);
    return OpCase.of(
        name,
        Set.of(method),
        List.of(Input.uniform(shape.dims()), x),
        in ->
            List.of(
                Array64.of(
                    shape, i -> reference.apply(in.get(0).data()[i], pick(in.get(1), shape, i)))),
        (b, in) -> {
          update.apply(b, in.get(0), in.get(1));
          return List.of(in.get(0));
        });
  }

  private static OpCase copy() {
    return OpCase.of(
        "copy",
        Set.of("pointwise.copy"),
        List.of(Input.uniform(3, 5, 17)),
        in -> List.of(in.get(0)),
        (b, in) -> {
          Tensor target = Tensor.empty(b.memory(), in.get(0).dtype(), in.get(0).shape());
          b.pointwise().copy(in.get(0), target);
          return List.of(target);
        });
  }

  private static List<OpCase> casts() {
    Input spread = new Input(Shape.of(7, 41), Input.Kind.UNIFORM, -300, 300);
    return List.of(
        cast(spread, DType.INT32, x -> (int) x),
        cast(spread, DType.UINT8, x -> Math.min(255, Math.max(0, Math.rint(x)))),
        cast(spread, DType.FLOAT64, x -> x),
        cast(spread, DType.BFLOAT16, Array64::toBfloat16),
        cast(spread.inBfloat16(true), DType.FLOAT32, x -> x),
        cast(spread.inBfloat16(true), DType.BFLOAT16, x -> x),
        cast(spread.inBfloat16(true), DType.INT32, x -> (int) x),
        cast(Input.labels(-1000, 1000, 7, 41), DType.FLOAT32, x -> x),
        cast(Input.mask(7, 41), DType.FLOAT32, x -> x));
  }

  private static OpCase cast(Input input, DType type, DoubleUnaryOperator f) {
    return OpCase.of(
        "cast to " + type,
        Set.of("pointwise.cast"),
        List.of(input),
        in -> List.of(map(in.get(0), f).as(type)),
        (b, in) -> List.of(b.pointwise().cast(in.get(0), type)));
  }

  private static OpCase dropout(float p, int... dims) {
    return OpCase.of(
            "dropout " + p,
            Set.of("pointwise.dropout"),
            List.of(Input.uniform(dims)),
            in -> List.of(dropoutReference(in.get(0), p)),
            (b, in) -> List.of(b.pointwise().dropout(in.get(0), p, 42, stream(b))))
        .differentiable((b, in, out, dy) -> List.of(b.pointwise().dropout(dy, p, 42, stream(b))));
  }

  private static Tensor stream(Backend b) {
    return Tensor.ofInts(b.memory(), Shape.of(2), 7, 0);
  }

  private static Array64 dropoutReference(Array64 x, float p) {
    Philox random = new Philox(42, 7);
    return Array64.of(x.shape(), i -> random.nextFloat() < p ? 0 : x.data()[i] / (1 - p));
  }
}
