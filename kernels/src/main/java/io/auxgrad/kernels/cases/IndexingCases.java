package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Moving and counting elements. */
final class IndexingCases {
  private IndexingCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (int axis = 0; axis < 4; axis++) {
      cases.add(concat(axis));
      cases.add(slice(axis));
      cases.add(split(axis));
    }
    for (int[] order : new int[][] {{0, 3, 1, 2}, {0, 2, 3, 1}, {3, 1, 0, 2}, {0, 1, 2, 3}}) {
      cases.add(permute(order));
    }
    List<OpCase> all = OpCase.alsoInBfloat16(cases, Set.of(0, 1, 2), Set.of(0, 1));
    return Stream.concat(
            all.stream(),
            Stream.of(confusion(5, 4, 31, 37), confusion(13, 20011), confusion(70, 5003)))
        .toList();
  }

  private static OpCase concat(int axis) {
    Shape base = Shape.of(3, 4, 5, 7);
    List<Shape> parts = List.of(base, base.with(axis, 1), base.with(axis, 6));
    return OpCase.of(
        "concat axis " + axis,
        Set.of("indexing.concat"),
        parts.stream().map(s -> Input.uniform(s.dims())).toList(),
        in -> {
          int start = 0;
          Array64 y = Array64.of(base.with(axis, base.dim(axis) + 7));
          for (Array64 part : in) {
            place(part, y, axis, start);
            start += part.shape().dim(axis);
          }
          return List.of(y);
        },
        (b, in) -> List.of(b.indexing().concat(in, axis)));
  }

  private static void place(Array64 part, Array64 whole, int axis, int start) {
    forEach(
        part.shape(),
        index -> {
          int[] to = index.clone();
          to[axis] += start;
          whole.add(part.at(index), to);
        });
  }

  private static Array64 cut(Array64 whole, int axis, int start, int length) {
    Array64 part = Array64.of(whole.shape().with(axis, length));
    forEach(
        part.shape(),
        index -> {
          int[] from = index.clone();
          from[axis] += start;
          part.add(whole.at(from), index);
        });
    return part;
  }

  private static OpCase slice(int axis) {
    return OpCase.of(
            "slice axis " + axis,
            Set.of("indexing.slice", "indexing.sliceBackward"),
            List.of(Input.uniform(6, 5, 7, 9)),
            in -> List.of(cut(in.get(0), axis, 2, 3)),
            (b, in) -> List.of(b.indexing().slice(in.get(0), axis, 2, 3)))
        .differentiable((b, in, out, dy) ->
            List.of(b.indexing().sliceBackward(dy, axis, 2, in.get(0).shape())));
  }

  private static OpCase split(int axis) {
    return OpCase.of(
        "split axis " + axis,
        Set.of("indexing.split"),
        List.of(Input.uniform(5, 5, 5, 5)),
        in -> List.of(cut(in.get(0), axis, 0, 1), cut(in.get(0), axis, 1, 4)),
        (b, in) -> b.indexing().split(in.get(0), axis, 1, 4));
  }

  private static OpCase permute(int... order) {
    return OpCase.of(
        "permute " + Arrays.toString(order),
        Set.of("indexing.permute"),
        List.of(Input.uniform(3, 4, 5, 7)),
        in -> {
          Array64 x = in.get(0);
          Array64 y =
              Array64.of(Shape.of(Arrays.stream(order).map(a -> x.shape().dim(a)).toArray()));
          forEach(
              x.shape(),
              index -> y.add(x.at(index), Arrays.stream(order).map(a -> index[a]).toArray()));
          return List.of(y);
        },
        (b, in) -> List.of(b.indexing().permute(in.get(0), order)));
  }

  private static OpCase confusion(int classes, int... dims) {
    return OpCase.of(
        "confusion of " + classes + " classes",
        Set.of("indexing.confusion"),
        List.of(Input.labels(0, classes, dims), Input.labels(-1, classes, dims)),
        in -> {
          Array64 counts = Array64.of(Shape.of(classes, classes)).as(DType.INT32);
          for (int i = 0; i < in.get(0).data().length; i++) {
            int target = (int) in.get(1).data()[i];
            if (target >= 0) {
              counts.data()[target * classes + (int) in.get(0).data()[i]]++;
            }
          }
          return List.of(counts);
        },
        (b, in) -> {
          Tensor counts = Tensor.zeros(b.memory(), DType.INT32, Shape.of(classes, classes));
          b.indexing().confusion(in.get(0), in.get(1), -1, counts);
          return List.of(counts);
        });
  }

  private interface Visit {
    void at(int[] index);
  }

  private static void forEach(Shape s, Visit visit) {
    for (int i = 0; i < s.size(); i++) {
      int[] index = new int[s.rank()];
      int rest = i;
      for (int a = s.rank() - 1; a >= 0; a--) {
        index[a] = rest % s.dim(a);
        rest /= s.dim(a);
      }
      visit.at(index);
    }
  }
}
