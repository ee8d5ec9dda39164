package io.auxgrad.autograd;

import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.ReductionOps;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

final class ReductionGradientCases {
  private ReductionGradientCases() {}

  static Stream<GradientCase> all(Philox random) {
    Stream<int[]> axes =
        Stream.of(new int[] {}, new int[] {0}, new int[] {-1}, new int[] {1, 2}, new int[] {0, 3});
    return GradientCase.alsoInBfloat16(inFloat32(random, axes), 0);
  }

  private static Stream<GradientCase> inFloat32(Philox random, Stream<int[]> axes) {
    return Stream.concat(
        axes.flatMap(a ->
            Stream.of(
                reduction(random, "sum", ReductionGradients::sum, a),
                reduction(random, "mean", ReductionGradients::mean, a),
                reduction(random, "max", ReductionGradients::max, a))),
        Stream.of(
            new GradientCase(
                "ReductionGradients.softmax",
                "",
                List.of(Doubles.uniform(random, -3, 3, 4, 7)),
                v -> ReductionGradients.softmax(v.getFirst()),
                v -> softmax(v.getFirst()))));
  }

  private static GradientCase reduction(
      Philox random, String name, BiFunction<Variable, int[], Variable> op, int... axes) {
    return new GradientCase(
        "ReductionGradients." + name,
        Arrays.toString(axes),
        List.of(Doubles.distinct(random, 2, 3, 5, 3)),
        v -> op.apply(v.getFirst(), axes),
        v -> reduce(name, v.getFirst(), axes));
  }

  private static Doubles reduce(String name, Doubles x, int... axes) {
    Shape kept = ReductionOps.reducedShape(x.shape(), axes);
    Doubles sum = Doubles.zeros(kept.dims());
    Doubles largest = Doubles.of(kept, i -> Double.NEGATIVE_INFINITY);
    for (int i = 0; i < x.data().length; i++) {
      int at = 0;
      for (int axis = 0; axis < 4; axis++) {
        int position = (int) (i / x.shape().stride(axis)) % x.dim(axis);
        at = at * kept.dim(axis) + (kept.dim(axis) == 1 ? 0 : position);
      }
      sum.data()[at] += x.data()[i];
      largest.data()[at] = Math.max(largest.data()[at], x.data()[i]);
    }
    double share = (double) kept.size() / x.shape().size();
    Shape shape = axes.length == 0 ? Shape.scalar() : kept;
    return Doubles.of(
        shape,
        i ->
            switch (name) {
              case "sum" -> sum.data()[i];
              case "mean" -> sum.data()[i] * share;
              default -> largest.data()[i];
            });
  }

  private static Doubles softmax(Doubles x) {
    int c = x.dim(-1);
    return Doubles.of(
        x.shape(),
        i -> {
          double sum = 0;
          for (int k = 0; k < c; k++) {
            sum += Math.exp(x.data()[i / c * c + k] - x.data()[i]);
          }
          return 1 / sum;
        });
  }
}
