package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.ReductionOps;
import io.auxgrad.tensor.ops.ReductionOps.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Reductions along all kinds of axes. */
final class ReductionCases {
  private ReductionCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (int[] axes : new int[][] {{}, {-1}, {0, 1, 2}, {1, 2}, {0}, {1, 3}}) {
        cases.add(reduce(kind, Shape.of(3, 5, 7, 11), axes));
      }
      cases.add(reduce(kind, Shape.of(4, 61, 67, 3), 0, 1, 2));
      cases.add(reduce(kind, Shape.of(70001)));
      cases.add(reduce(kind, Shape.of(3, 5001), 1));
      cases.add(reduce(kind, Shape.of(2, 6144), 1));
      cases.add(reduce(kind, Shape.of(5003, 24), 0));
      cases.add(reduce(kind, Shape.of(1203, 5), 0));
      cases.add(reduce(kind, Shape.of(300, 1027), 0));
      cases.add(reduce(kind, Shape.of(9, 4104), 0));
      cases.add(reduce(kind, Shape.of(2, 601, 6), 1));
      cases.add(reduce(kind, Shape.of(13, 2, 4, 700), 0, 2));
      cases.add(reduce(kind, Shape.of(1500, 2, 3), 1));
      cases.add(reduce(kind, Shape.scalar()));
    }
    cases.add(sumTo(Shape.of(3, 5, 7, 11), Shape.of(7, 1)));
    cases.add(sumTo(Shape.of(3, 5, 7, 11), Shape.of(11)));
    cases.add(sumTo(Shape.of(3, 5, 7, 11), Shape.scalar()));
    cases.add(sumTo(Shape.of(3, 5), Shape.of(3, 5)));
    cases.add(argmax(2, 5, 3, 13));
    cases.add(argmax(7, 1));
    cases.add(argmax(40));
    cases.add(argmax(700, 19));
    cases.add(argmax(3, 1000));
    List<OpCase> softmax =
        List.of(
            softmax(3, 5, 13),
            softmax(2, 40),
            softmax(9, 1),
            softmax(601, 21),
            softmax(9, 256),
            softmax(2, 257));
    List<OpCase> all = new ArrayList<>(OpCase.alsoInBfloat16(cases, Set.of(0), Set.of()));
    all.addAll(OpCase.alsoInBfloat16(softmax, Set.of(0), Set.of(0)));
    List<OpCase> vectors =
        List.of(
            unitVectors(2, 5, 7, 3),
            unitVectors(4, 1),
            unitVectors(3, 19),
            unitVectors(1500, 3),
            unitVectors(2, 300));
    all.addAll(OpCase.alsoInBfloat16(vectors, Set.of(0), Set.of(0)));
    return all;
  }

  private static OpCase reduce(Kind kind, Shape x, int... axes) {
    Shape out = ReductionOps.reducedShape(x, axes);
    long terms = x.size() / out.size();
    return OpCase.of(
            kind + " along " + Arrays.toString(axes),
            Set.of("reduction.reduce"),
            List.of(Input.uniform(x.dims())),
            in -> List.of(reference(kind, in.get(0), out)),
            (b, in) -> List.of(b.reduction().reduce(kind, in.get(0), axes)))
        .summing(kind == Kind.SUM || kind == Kind.MEAN ? terms : 1);
  }

  private static Array64 reference(Kind kind, Array64 x, Shape out) {
    Array64 y =
        Array64.of(
            out,
            i ->
                kind == Kind.MAX
                    ? Double.NEGATIVE_INFINITY
                    : kind == Kind.MIN ? Double.POSITIVE_INFINITY : 0);
    double terms = (double) x.data().length / y.data().length;
    for (int i = 0; i < x.data().length; i++) {
      int at = PointwiseCases.broadcastOffset(out, x.shape(), i);
      double v = x.data()[i];
      y.data()[at] =
          switch (kind) {
            case SUM -> y.data()[at] + v;
            case MEAN -> y.data()[at] + v / terms;
            case MAX -> Math.max(y.data()[at], v);
            case MIN -> Math.min(y.data()[at], v);
          };
    }
    return y;
  }

  private static OpCase sumTo(Shape x, Shape out) {
    return OpCase.of(
            "sum to " + out,
            Set.of("reduction.sumTo"),
            List.of(Input.uniform(x.dims())),
            in -> List.of(reference(Kind.SUM, in.get(0), out)),
            (b, in) -> List.of(b.reduction().sumTo(in.get(0), out)))
        .summing(x.size() / out.size());
  }

  private static OpCase argmax(int... dims) {
    int c = dims[dims.length - 1];
    Shape out = Shape.of(Arrays.copyOf(dims, dims.length - 1));
    return OpCase.of(
        "argmax",
        Set.of("reduction.argmax"),
        List.of(new Input(Shape.of(dims), Input.Kind.UNIFORM, -1, 1)),
        in ->
            List.of(
                Array64.of(
                        out,
                        i -> {
                          int best = 0;
                          for (int k = 1; k < c; k++) {
                            if (in.get(0).data()[i * c + k] > in.get(0).data()[i * c + best]) {
                              best = k;
                            }
                          }
                          return best;
                        })
                    .as(DType.INT32)),
        (b, in) -> List.of(b.reduction().argmax(in.get(0))));
  }

  private static OpCase softmax(int... dims) {
    int c = dims[dims.length - 1];
    return OpCase.of(
            "softmax",
            Set.of("reduction.softmax", "reduction.softmaxBackward"),
            List.of(new Input(Shape.of(dims), Input.Kind.UNIFORM, -9, 9)),
            in -> {
              double[] x = in.get(0).data();
              return List.of(
                  Array64.of(
                      in.get(0).shape(),
                      i -> {
                        double sum = 0;
                        for (int k = i / c * c; k < i / c * c + c; k++) {
                          sum += Math.exp(x[k] - x[i]);
                        }
                        return 1 / sum;
                      }));
            },
            (b, in) -> List.of(b.reduction().softmax(in.get(0))))
        .differentiable((b, in, out, dy) -> List.of(b.reduction().softmaxBackward(dy, out.get(0))))
        .summing(c);
  }

  private static OpCase unitVectors(int... dims) {
    int c = dims[dims.length - 1];
    return OpCase.of(
            "unit vectors",
            Set.of("reduction.unitVectors"),
            List.of(new Input(Shape.of(dims), Input.Kind.UNIFORM, -3, 3)),
            in -> {
              double[] x = in.get(0).data();
              return List.of(
                  Array64.of(
                      in.get(0).shape(),
                      i -> {
                        double squares = 0;
                        for (int k = i / c * c; k < i / c * c + c; k++) {
                          squares += x[k] * x[k];
                        }
                        return x[i] / Math.sqrt(squares);
                      }));
            },
            (b, in) -> List.of(b.reduction().unitVectors(in.get(0))))
        .summing(c);
  }
}
