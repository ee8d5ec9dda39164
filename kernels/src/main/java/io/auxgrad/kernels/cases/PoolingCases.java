package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Pool2dSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Max, average and global pooling. */
final class PoolingCases {
  private static final List<Pool2dSpec> OVERLAPS =
      List.of(
          new Pool2dSpec(2, 1, 1),
          new Pool2dSpec(4, 3, 2),
          new Pool2dSpec(5, 2, 2),
          new Pool2dSpec(6, 1, 3),
          new Pool2dSpec(7, 1, 3),
          new Pool2dSpec(2, 3, 0));

  private PoolingCases() {}

  static List<OpCase> all() {
    List<OpCase> all = new ArrayList<>(OpCase.alsoInBfloat16(small(), Set.of(0), Set.of(0)));
    all.addAll(OpCase.alsoInBfloat16(sums(), Set.of(0, 1), Set.of(0, 1)));
    all.addAll(large());
    return all;
  }

  private static List<OpCase> sums() {
    return List.of(
        maxAndSum(Input.distinct(2, 7, 9, 5), new Pool2dSpec(3, 2, 1)),
        maxAndSum(Input.distinct(2, 7, 9, 5), new Pool2dSpec(5, 1, 2)),
        maxAndSum(Input.distinct(1, 8, 6, 48), new Pool2dSpec(5, 1, 2)),
        maxAndSum(Input.distinct(1, 1, 3, 32), new Pool2dSpec(5, 1, 2)));
  }

  /** So small that values stay distinct in bfloat16. */
  private static List<OpCase> small() {
    List<OpCase> cases = new ArrayList<>();
    for (Pool2dSpec spec :
        List.of(
            new Pool2dSpec(3, 2, 1),
            new Pool2dSpec(5, 1, 2),
            new Pool2dSpec(2, 2, 0),
            new Pool2dSpec(1, 1, 0),
            new Pool2dSpec(3, 1, 0))) {
      for (Input input :
          List.of(
              Input.distinct(2, 7, 9, 5),
              Input.distinct(1, 8, 6, 33),
              Input.distinct(1, 4, 5, 64))) {
        cases.add(max(input, spec));
        cases.add(average(input, spec));
      }
    }
    for (Pool2dSpec spec : OVERLAPS) {
      cases.add(max(Input.distinct(1, 11, 10, 13), spec));
    }
    cases.add(max(Input.distinct(2, 1, 1, 16), new Pool2dSpec(5, 1, 2)));
    cases.add(max(Input.distinct(1, 2, 3, 19), new Pool2dSpec(7, 1, 3)));
    cases.add(max(Input.distinct(1, 1, 9, 4), new Pool2dSpec(3, 2, 1)));
    cases.add(chain(Input.distinct(2, 7, 9, 5), 5, 4));
    cases.add(chain(Input.distinct(1, 8, 6, 33), 5, 2));
    cases.add(chain(Input.distinct(1, 7, 6, 32), 5, 3));
    cases.add(chain(Input.distinct(1, 4, 5, 64), 3, 3));
    cases.add(chain(Input.distinct(2, 3, 2, 16), 7, 1));
    cases.add(chain(Input.distinct(1, 1, 1, 3), 1, 2));
    cases.add(global(2, 7, 9, 19));
    cases.add(global(1, 1, 1, 1));
    cases.add(global(3, 4, 5, 64));
    cases.add(global(2, 3, 2, 136));
    return cases;
  }

  private static List<OpCase> large() {
    List<OpCase> cases = new ArrayList<>();
    for (Pool2dSpec spec : OVERLAPS) {
      cases.add(max(Input.distinct(2, 11, 10, 17), spec));
    }
    cases.add(chain(Input.distinct(2, 21, 19, 40), 5, 4));
    cases.add(maxAndSum(Input.distinct(2, 11, 22, 80), new Pool2dSpec(5, 1, 2)));
    cases.add(maxAndSum(Input.distinct(1, 6, 90, 48), new Pool2dSpec(5, 1, 2)));
    for (Pool2dSpec spec : List.of(new Pool2dSpec(3, 2, 1), new Pool2dSpec(5, 1, 2))) {
      cases.add(max(Input.distinct(2, 5, 70, 36), spec));
      cases.add(average(Input.distinct(1, 4, 61, 13), spec));
    }
    return cases;
  }

  private static OpCase max(Input input, Pool2dSpec spec) {
    return OpCase.of(
            "max pool " + spec,
            Set.of("pooling.max", "pooling.maxBackward"),
            List.of(input),
            in -> maxReference(in.get(0), spec),
            (b, in) -> {
              var r = b.pooling().max(in.get(0), spec, true);
              return List.of(r.y(), r.positions());
            })
        .differentiable((b, in, out, dy) ->
            List.of(b.pooling().maxBackward(dy, out.get(1), spec, in.get(0).shape())));
  }

  private static OpCase maxAndSum(Input input, Pool2dSpec spec) {
    return OpCase.of(
        "max pool and sum " + spec,
        Set.of("pooling.maxAndSum"),
        List.of(input, Input.uniform(input.shape().dims())),
        in -> {
          Array64 sum = Array64.of(input.shape());
          Arrays.setAll(sum.data(), i -> in.get(1).data()[i] + in.get(0).data()[i]);
          return List.of(maxReference(in.get(0), spec).getFirst(), sum);
        },
        (b, in) -> {
          var r = b.pooling().maxAndSum(in.get(0), spec, in.get(1));
          return List.of(r.y(), r.sum());
        });
  }

  private static OpCase chain(Input input, int kernel, int stages) {
    Pool2dSpec window = new Pool2dSpec(kernel, 1, kernel / 2);
    List<Input> inputs = new ArrayList<>(List.of(input));
    for (int stage = 0; stage < stages; stage++) {
      inputs.add(Input.uniform(input.shape().dim(3)));
    }
    return OpCase.of(
            "pooling chain of %d %s".formatted(stages, window),
            Set.of("pooling.chain"),
            inputs,
            in -> List.of(chainReference(in, window)),
            (b, in) -> List.of(b.pooling().chain(in.getFirst(), window, in.subList(1, in.size()))))
        .summing(2L * stages);
  }

  private static OpCase average(Input input, Pool2dSpec spec) {
    return OpCase.of(
            "average pool " + spec,
            Set.of("pooling.average", "pooling.averageBackward"),
            List.of(input),
            in -> List.of(averageReference(in.get(0), spec)),
            (b, in) -> List.of(b.pooling().average(in.get(0), spec)))
        .differentiable(
            (b, in, out, dy) -> List.of(b.pooling().averageBackward(dy, spec, in.get(0).shape())))
        .summing((long) spec.kernel() * spec.kernel());
  }

  private static OpCase global(int n, int h, int w, int c) {
    return OpCase.of(
            "global pool",
            Set.of("pooling.global", "pooling.globalBackward"),
            List.of(Input.uniform(n, h, w, c)),
            in -> {
              Array64 y = Array64.of(Shape.of(n, 1, 1, c));
              for (int i = 0; i < in.get(0).data().length; i++) {
                y.data()[i / (h * w * c) * c + i % c] += in.get(0).data()[i] / (h * w);
              }
              return List.of(y);
            },
            (b, in) -> List.of(b.pooling().global(in.get(0))))
        .differentiable(
            (b, in, out, dy) -> List.of(b.pooling().globalBackward(dy, in.get(0).shape())))
        .summing((long) h * w);
  }

  private interface Window {
    void at(int place, double value);
  }

  private static void visit(Array64 x, Pool2dSpec s, int n, int i, int j, int c, Window window) {
    for (int place = 0; place < s.kernel() * s.kernel(); place++) {
      int row = i * s.stride() - s.pad() + place / s.kernel();
      int column = j * s.stride() - s.pad() + place % s.kernel();
      if (row >= 0 && row < x.shape().dim(1) && column >= 0 && column < x.shape().dim(2)) {
        window.at(place, x.at(n, row, column, c));
      }
    }
  }

  private static List<Array64> maxReference(Array64 x, Pool2dSpec s) {
    Shape out = s.outputShape(x.shape());
    Array64 y = Array64.of(out);
    Array64 positions = Array64.of(out).as(DType.UINT8);
    forEach(
        out,
        (at, n, i, j, c) -> {
          y.data()[at] = Double.NEGATIVE_INFINITY;
          visit(
              x,
              s,
              n,
              i,
              j,
              c,
              (place, value) -> {
                if (value > y.data()[at]) {
                  y.data()[at] = value;
                  positions.data()[at] = place;
                }
              });
        });
    return List.of(y, positions);
  }

  private static Array64 chainReference(List<Array64> in, Pool2dSpec window) {
    Array64 x = in.getFirst();
    int channels = x.shape().dim(3);
    Array64 y = Array64.of(x.shape());
    double[] sum = y.data();
    System.arraycopy(x.data(), 0, sum, 0, sum.length);
    Array64 top = x;
    for (Array64 factor : in.subList(1, in.size())) {
      top = maxReference(top, window).getFirst();
      for (int i = 0; i < sum.length; i++) {
        top.data()[i] *= factor.data()[i % channels];
        sum[i] += top.data()[i];
      }
    }
    return y;
  }

  private static Array64 averageReference(Array64 x, Pool2dSpec s) {
    Shape out = s.outputShape(x.shape());
    Array64 y = Array64.of(out);
    forEach(
        out,
        (at, n, i, j, c) -> {
          double[] sum = new double[2];
          visit(
              x,
              s,
              n,
              i,
              j,
              c,
              (place, value) -> {
                sum[0] += value;
                sum[1]++;
              });
          y.data()[at] = sum[0] / sum[1];
        });
    return y;
  }

  private interface Pixel {
    void at(int offset, int n, int i, int j, int c);
  }

  private static void forEach(Shape s, Pixel pixel) {
    for (int at = 0; at < s.size(); at++) {
      int c = at % s.dim(3);
      int j = at / s.dim(3) % s.dim(2);
      int i = at / s.dim(3) / s.dim(2) % s.dim(1);
      pixel.at(at, at / s.dim(3) / s.dim(2) / s.dim(1), i, j, c);
    }
  }
}
