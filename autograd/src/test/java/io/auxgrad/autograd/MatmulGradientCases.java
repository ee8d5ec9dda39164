package io.auxgrad.autograd;

import io.auxgrad.tensor.Philox;
import java.util.List;
import java.util.stream.Stream;

final class MatmulGradientCases {
  private static final String MATMUL = "MatmulGradients.matmul";

  private MatmulGradientCases() {}

  static Stream<GradientCase> all(Philox random) {
    return Stream.of(
        new GradientCase(
            MATMUL,
            "plain",
            inputs(random, new int[] {3, 5}, new int[] {5, 4}),
            v -> MatmulGradients.matmul(v.get(0), v.get(1)),
            v -> reference(v.get(0), false, v.get(1), false)),
        transposed(random, true, false, new int[] {5, 3}, new int[] {5, 4}),
        transposed(random, false, true, new int[] {3, 5}, new int[] {4, 5}),
        transposed(random, true, true, new int[] {5, 3}, new int[] {4, 5}),
        transposed(random, true, true, new int[] {2, 5, 3}, new int[] {2, 4, 5}),
        transposed(random, false, false, new int[] {2, 1, 3}, new int[] {2, 3, 2}),
        linear(random));
  }

  private static List<Doubles> inputs(Philox random, int[] a, int[] b) {
    return List.of(Doubles.uniform(random, -1, 1, a), Doubles.uniform(random, -1, 1, b));
  }

  private static GradientCase transposed(
      Philox random, boolean transposeA, boolean transposeB, int[] a, int[] b) {
    return new GradientCase(
        MATMUL,
        "transposed " + transposeA + " " + transposeB,
        inputs(random, a, b),
        v -> MatmulGradients.matmul(v.get(0), transposeA, v.get(1), transposeB),
        v -> reference(v.get(0), transposeA, v.get(1), transposeB));
  }

  private static GradientCase linear(Philox random) {
    List<Doubles> inputs =
        List.of(
            Doubles.uniform(random, -1, 1, 2, 3, 5),
            Doubles.uniform(random, -1, 1, 4, 5),
            Doubles.uniform(random, -1, 1, 4));
    return new GradientCase(
        "MatmulGradients.linear",
        "",
        inputs,
        v -> MatmulGradients.linear(v.get(0), v.get(1), v.get(2)),
        v -> {
          Doubles y = Doubles.zeros(2, 3, 4);
          for (int row = 0; row < 6; row++) {
            for (int o = 0; o < 4; o++) {
              double sum = v.get(2).at(o);
              for (int i = 0; i < 5; i++) {
                sum += v.get(0).data()[row * 5 + i] * v.get(1).at(o, i);
              }
              y.data()[row * 4 + o] = sum;
            }
          }
          return y;
        });
  }

  private static Doubles reference(Doubles a, boolean transposeA, Doubles b, boolean transposeB) {
    boolean batched = a.shape().rank() == 3;
    int batch = batched ? a.dim(0) : 1;
    int rows = a.dim(transposeA ? -1 : -2);
    int inner = a.dim(transposeA ? -2 : -1);
    int columns = b.dim(transposeB ? -2 : -1);
    Doubles y = batched ? Doubles.zeros(batch, rows, columns) : Doubles.zeros(rows, columns);
    for (int n = 0; n < batch; n++) {
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          double sum = 0;
          for (int k = 0; k < inner; k++) {
            int left = transposeA ? k * rows + i : i * inner + k;
            int right = transposeB ? j * inner + k : k * columns + j;
            sum += a.data()[n * rows * inner + left] * b.data()[n * inner * columns + right];
          }
          y.data()[(n * rows + i) * columns + j] = sum;
        }
      }
    }
    return y;
  }
}
