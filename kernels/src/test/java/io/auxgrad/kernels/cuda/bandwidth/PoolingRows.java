package io.auxgrad.kernels.cuda.bandwidth;

import static io.auxgrad.tensor.DType.UINT8;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Pool2dSpec;
import java.util.List;
import java.util.stream.Stream;

/** Pooling as in the stem of a ResNet, in the decoder's chains, and of whole images. */
final class PoolingRows {
  private static final Pool2dSpec STEM = new Pool2dSpec(3, 2, 1);
  private static final Pool2dSpec CHAIN = new Pool2dSpec(5, 1, 2);

  private PoolingRows() {}

  static List<Row> all() {
    return Stream.of(
            windows("3x3 by 2", STEM, new int[] {120, 160, 64}),
            windows("5x5", CHAIN, new int[] {60, 80, 256}),
            chain(60, 80, 256),
            global())
        .flatMap(List::stream)
        .toList();
  }

  private static Shape shape(Batch b, int... extents) {
    return Shape.of(b.images(), b.extent(extents[0]), b.extent(extents[1]), extents[2]);
  }

  private static List<Row> windows(String name, Pool2dSpec spec, int... extents) {
    return List.of(
        Row.of(
            "maximum " + name,
            Traffic.ONCE,
            b -> {
              Tensor x = b.map(shape(b, extents));
              return () -> b.ops().pooling().max(x, spec, true);
            }),
        Row.of(
            "maximum %s, gradient".formatted(name),
            Traffic.ONCE,
            b -> {
              Shape x = shape(b, extents);
              Tensor dy = b.map(spec.outputShape(x));
              int places = spec.kernel() * spec.kernel();
              Tensor positions = b.below(UINT8, spec.outputShape(x), places);
              return () -> b.ops().pooling().maxBackward(dy, positions, spec, x);
            }),
        Row.of(
            "average " + name,
            Traffic.ONCE,
            b -> {
              Tensor x = b.map(shape(b, extents));
              return () -> b.ops().pooling().average(x, spec);
            }),
        Row.of(
            "average %s, gradient".formatted(name),
            Traffic.ONCE,
            b -> {
              Shape x = shape(b, extents);
              Tensor dy = b.map(spec.outputShape(x));
              return () -> b.ops().pooling().averageBackward(dy, spec, x);
            }));
  }

  private static List<Row> chain(int... extents) {
    return List.of(
        Row.of(
            "maximum 5x5 and sum",
            Traffic.twice(0),
            b -> {
              Tensor x = b.map(shape(b, extents));
              Tensor addend = b.map(shape(b, extents));
              return () -> b.ops().pooling().maxAndSum(x, CHAIN, addend);
            }),
        Row.of(
            "chain of one 5x5",
            Traffic.ONCE,
            b -> {
              Tensor x = b.map(shape(b, extents));
              Tensor factor = b.parameter(extents[2]);
              return () -> b.ops().pooling().chain(x, CHAIN, List.of(factor));
            }));
  }

  private static List<Row> global() {
    int[] extents = {30, 40, 320};
    return List.of(
        Row.of(
            "mean of an image",
            Traffic.ONCE,
            b -> {
              Tensor x = b.map(shape(b, extents));
              return () -> b.ops().pooling().global(x);
            }),
        Row.of(
            "mean of an image, gradient",
            Traffic.ONCE,
            b -> {
              Tensor dy = b.map(Shape.of(b.images(), 1, 1, extents[2]));
              return () -> b.ops().pooling().globalBackward(dy, shape(b, extents));
            }));
  }
}
