package io.auxgrad.autograd;

import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;

final class IndexingGradientCases {
  private IndexingGradientCases() {}

  static Stream<GradientCase> all(Philox random) {
    return GradientCase.alsoInBfloat16(inFloat32(random), 0, 1);
  }

  private static Stream<GradientCase> inFloat32(Philox random) {
    return Stream.of(
        new GradientCase(
            "IndexingGradients.concat",
            "last axis",
            List.of(Doubles.uniform(random, -1, 1, 2, 3), Doubles.uniform(random, -1, 1, 2, 5)),
            v -> IndexingGradients.concat(v, -1),
            v ->
                Doubles.of(
                    Shape.of(2, 8),
                    i -> i % 8 < 3 ? v.get(0).at(i / 8, i % 8) : v.get(1).at(i / 8, i % 8 - 3))),
        new GradientCase(
            "IndexingGradients.concat",
            "first axis, one twice",
            List.of(Doubles.uniform(random, -1, 1, 2, 3), Doubles.uniform(random, -1, 1, 1, 3)),
            v -> IndexingGradients.concat(List.of(v.get(0), v.get(1), v.get(0)), 0),
            v ->
                Doubles.of(
                    Shape.of(5, 3),
                    i -> i / 3 == 2 ? v.get(1).at(0, i % 3) : v.get(0).at(i / 3 % 3, i % 3))),
        new GradientCase(
            "IndexingGradients.slice",
            "middle of axis 1",
            List.of(Doubles.uniform(random, -1, 1, 3, 5, 2)),
            v -> IndexingGradients.slice(v.getFirst(), 1, 1, 3),
            v -> Doubles.of(Shape.of(3, 3, 2), i -> v.getFirst().at(i / 6, i / 2 % 3 + 1, i % 2))),
        new GradientCase(
            "IndexingGradients.split",
            "2 + 3, multiplied",
            List.of(Doubles.uniform(random, -1, 1, 3, 5)),
            v -> {
              List<Variable> pieces = IndexingGradients.split(v.getFirst(), 1, 2, 3);
              return pieces.get(0).sum().times(pieces.get(1));
            },
            v -> {
              Doubles x = v.getFirst();
              double left = 0;
              for (int row = 0; row < 3; row++) {
                left += x.at(row, 0) + x.at(row, 1);
              }
              double sum = left;
              return Doubles.of(Shape.of(3, 3), i -> sum * x.at(i / 3, i % 3 + 2));
            }),
        new GradientCase(
            "IndexingGradients.permute",
            "2 0 1",
            List.of(Doubles.uniform(random, -1, 1, 2, 3, 4)),
            v -> IndexingGradients.permute(v.getFirst(), 2, 0, 1),
            v -> Doubles.of(Shape.of(4, 2, 3), i -> v.getFirst().at(i / 3 % 2, i % 3, i / 6))),
        new GradientCase(
            "IndexingGradients.reshape",
            "",
            List.of(Doubles.uniform(random, -1, 1, 2, 3, 4)),
            v -> IndexingGradients.reshape(v.getFirst(), Shape.of(8, 3)),
            v -> new Doubles(Shape.of(8, 3), v.getFirst().data())));
  }
}
