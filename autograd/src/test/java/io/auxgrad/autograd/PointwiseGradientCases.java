package io.auxgrad.autograd;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

final class PointwiseGradientCases {
  private PointwiseGradientCases() {}

  static Stream<GradientCase> all(Philox random) {
    Stream<GradientCase> mixed =
        Stream.of(
            binary(random, BinaryOp.MULTIPLY, new int[] {2, 3, 1, 5}, new int[] {4, 5})
                .inBfloat16(0),
            binary(random, BinaryOp.DIVIDE, new int[] {3, 4}, new int[] {3, 4}).inBfloat16(1),
            cast(random, DType.BFLOAT16).inBfloat16(),
            cast(random, DType.FLOAT32).inBfloat16(0));
    return Stream.concat(GradientCase.alsoInBfloat16(inOneType(random), 0, 1), mixed);
  }

  private static Stream<GradientCase> inOneType(Philox random) {
    return Stream.of(
            Arrays.stream(UnaryOp.values()).map(op -> unary(random, op)),
            Arrays.stream(BinaryOp.values())
                .flatMap(op ->
                    Stream.of(
                        binary(random, op, new int[] {3, 5}, new int[] {3, 5}),
                        binary(random, op, new int[] {2, 3, 1, 5}, new int[] {4, 5}),
                        binary(random, op, new int[] {}, new int[] {2, 3}),
                        binary(random, op, new int[] {3, 4}, new int[] {1}))),
            Stream.of(affine(random, 1, -2), affine(random, -0.5f, 3), dropout(random)))
        .flatMap(cases -> cases);
  }

  private static GradientCase unary(Philox random, UnaryOp op) {
    boolean positive = op == UnaryOp.SQRT || op == UnaryOp.LOG || op == UnaryOp.RECIPROCAL;
    Doubles x = positive ? Doubles.uniform(random, 0.5, 4, 3, 7) : awayFromKinks(random);
    return new GradientCase(
        "PointwiseGradients.unary",
        op.name(),
        List.of(x),
        v -> PointwiseGradients.unary(op, v.getFirst()),
        v -> Doubles.of(v.getFirst().shape(), i -> reference(op, v.getFirst().data()[i])));
  }

  /** From -8 to 8 without a neighbourhood of 0, 3 and 6, where some derivatives jump. */
  private static Doubles awayFromKinks(Philox random) {
    return Doubles.of(Shape.of(5, 7), i -> (random.nextInt(17) - 8) + random.uniform(0.1f, 0.9f));
  }

  private static double reference(UnaryOp op, double x) {
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
      case LEAKY_RELU -> x > 0 ? x : (double) 0.01f * x;
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case TANH -> Math.tanh(x);
      case SILU -> x / (1 + Math.exp(-x));
      case SOFTPLUS -> Math.log1p(Math.exp(x));
      case HARD_SWISH -> x * Math.min(6, Math.max(0, x + 3)) / 6;
    };
  }

  private static GradientCase binary(Philox random, BinaryOp op, int[] a, int[] b) {
    // The first lies between the values of the second, so that they are never equal.
    Doubles first = Doubles.of(Shape.of(a), i -> random.nextInt(8) / 4.0 + 0.625);
    Doubles second = Doubles.of(Shape.of(b), i -> random.nextInt(8) / 4.0 + 0.5);
    Shape shape = first.shape().broadcast(second.shape());
    return new GradientCase(
        "PointwiseGradients.binary",
        op.name(),
        List.of(first, second),
        v -> PointwiseGradients.binary(op, v.get(0), v.get(1)),
        v ->
            Doubles.of(
                shape,
                i ->
                    reference(op, v.get(0).broadcastAt(shape, i), v.get(1).broadcastAt(shape, i))));
  }

  private static double reference(BinaryOp op, double a, double b) {
    return switch (op) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MAXIMUM -> Math.max(a, b);
      case MINIMUM -> Math.min(a, b);
    };
  }

  private static GradientCase affine(Philox random, float scale, float shift) {
    return new GradientCase(
        "PointwiseGradients.affine",
        scale + " x + " + shift,
        List.of(Doubles.uniform(random, -1, 1, 3, 5)),
        v -> PointwiseGradients.affine(v.getFirst(), scale, shift),
        v -> Doubles.of(v.getFirst().shape(), i -> scale * v.getFirst().data()[i] + shift));
  }

  private static GradientCase cast(Philox random, DType to) {
    return new GradientCase(
        "PointwiseGradients.cast",
        "to " + to,
        List.of(Doubles.uniform(random, -1, 1, 3, 17)),
        v -> PointwiseGradients.cast(v.getFirst(), to),
        List::getFirst);
  }

  private static Tensor stream(Variable x) {
    return Tensor.ofInts(x.value().memory(), Shape.of(2), 3, 0);
  }

  private static GradientCase dropout(Philox random) {
    float p = 0.4f;
    return new GradientCase(
        "PointwiseGradients.dropout",
        "p = " + p,
        List.of(Doubles.uniform(random, 1, 2, 5, 11)),
        v -> PointwiseGradients.dropout(v.getFirst(), p, 7, stream(v.getFirst())),
        v -> {
          Philox stream = new Philox(7, 3);
          return Doubles.of(
              v.getFirst().shape(),
              i -> stream.nextFloat() < p ? 0 : v.getFirst().data()[i] / (1 - (double) p));
        });
  }
}
