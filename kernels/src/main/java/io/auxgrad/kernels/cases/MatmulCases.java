package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Matrix products; their gradients are matrix products too. */
final class MatmulCases {
  private MatmulCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (int transposes = 0; transposes < 4; transposes++) {
      boolean ta = (transposes & 1) != 0;
      boolean tb = (transposes & 2) != 0;
      cases.add(
          product(
              ta ? Shape.of(7, 5) : Shape.of(5, 7), ta, tb ? Shape.of(3, 7) : Shape.of(7, 3), tb));
      cases.add(
          product(
              ta ? Shape.of(2, 33, 17) : Shape.of(2, 17, 33),
              ta,
              tb ? Shape.of(2, 9, 33) : Shape.of(2, 33, 9),
              tb));
    }
    cases.add(product(Shape.of(1, 1), false, Shape.of(1, 1), false));
    cases.add(product(Shape.of(67, 20), false, Shape.of(130, 20), true));
    cases.add(product(Shape.of(2, 20, 68), true, Shape.of(2, 20, 72), false));
    cases.add(product(Shape.of(64, 130), false, Shape.of(130, 48), false));
    return cases;
  }

  private static OpCase product(Shape a, boolean ta, Shape b, boolean tb) {
    return OpCase.of(
            "matmul" + (ta ? " aT" : "") + (tb ? " bT" : ""),
            Set.of("matmul.multiply"),
            List.of(Input.uniform(a.dims()), Input.uniform(b.dims())),
            in -> List.of(reference(in.get(0), ta, in.get(1), tb)),
            (be, in) -> List.of(be.matmul().multiply(in.get(0), ta, in.get(1), tb)))
        .summing(a.dim(ta ? -2 : -1));
  }

  private static Array64 reference(Array64 a, boolean ta, Array64 b, boolean tb) {
    boolean batched = a.shape().rank() == 3;
    int batch = batched ? a.shape().dim(0) : 1;
    int m = a.shape().dim(ta ? -1 : -2);
    int inner = a.shape().dim(ta ? -2 : -1);
    int n = b.shape().dim(tb ? -2 : -1);
    Array64 y = Array64.of(batched ? Shape.of(batch, m, n) : Shape.of(m, n));
    for (int p = 0; p < batch; p++) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double sum = 0;
          for (int k = 0; k < inner; k++) {
            sum +=
                a.data()[p * m * inner + (ta ? k * m + i : i * inner + k)]
                    * b.data()[p * inner * n + (tb ? j * inner + k : k * n + j)];
          }
          y.data()[(p * m + i) * n + j] = sum;
        }
      }
    }
    return y;
  }
}
