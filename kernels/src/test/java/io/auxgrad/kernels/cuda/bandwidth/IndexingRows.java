package io.auxgrad.kernels.cuda.bandwidth;

import static io.auxgrad.tensor.DType.FLOAT32;
import static io.auxgrad.tensor.DType.INT32;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import java.util.List;

/** On maps of a decoder. */
final class IndexingRows {
  private static final int CHANNELS = 256;
  private static final int CLASSES = 13;

  private IndexingRows() {}

  private static Tensor map(Batch b) {
    return b.map(60, 80, CHANNELS);
  }

  static List<Row> all() {
    return List.of(
        Row.of(
            "concat of channels",
            Traffic.ONCE,
            b -> {
              Tensor left = map(b);
              Tensor right = map(b);
              return () -> b.ops().indexing().concat(List.of(left, right), 3);
            }),
        Row.of(
            "slice of channels",
            Traffic.ofPart(),
            b -> {
              Tensor x = map(b);
              return () -> b.ops().indexing().slice(x, 3, CHANNELS / 4, CHANNELS / 2);
            }),
        Row.of(
            "slice of channels, gradient",
            Traffic.ONCE,
            b -> {
              Tensor dy = b.map(60, 80, CHANNELS / 2);
              Shape x = dy.shape().with(3, CHANNELS);
              return () -> b.ops().indexing().sliceBackward(dy, 3, CHANNELS / 4, x);
            }),
        permute("permute NHWC to NCHW", 0, 3, 1, 2),
        permute("permute of rows and columns", 0, 2, 1, 3),
        Row.only(
            FLOAT32,
            "confusion of classes",
            Traffic.ONCE,
            b -> {
              Tensor predictions = b.labels(INT32, 240, 320, CLASSES);
              Tensor targets = b.labels(INT32, 240, 320, CLASSES);
              Tensor counts = b.zeros(INT32, CLASSES, CLASSES);
              return () -> b.ops().indexing().confusion(predictions, targets, -1, counts);
            }));
  }

  private static Row permute(String name, int... order) {
    return Row.of(
        name,
        Traffic.ONCE,
        b -> {
          Tensor x = map(b);
          return () -> b.ops().indexing().permute(x, order);
        });
  }
}
