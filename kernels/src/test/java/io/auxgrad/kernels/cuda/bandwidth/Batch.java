package io.auxgrad.kernels.cuda.bandwidth;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.ImageView;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes operands with the extents that the networks have for images of 240x320.
 *
 * @param ops the backend
 * @param contents what they are filled with
 * @param type of activations
 * @param images of the batch
 * @param shrink what heights and widths are divided by
 */
record Batch(Backend ops, Contents contents, DType type, int images, int shrink) {
  private static final int WEIGHT_CHANNELS = 256;

  /** A height or width. */
  int extent(int full) {
    return Math.max(1, full / shrink);
  }

  /** Images of a height, a width and, unless they are labels, channels. */
  private Shape shape(int height, int width, int... channels) {
    return channels.length == 0
        ? Shape.of(images, extent(height), extent(width))
        : Shape.of(images, extent(height), extent(width), channels[0]);
  }

  private Tensor empty(DType type, Shape shape) {
    return Tensor.empty(ops.memory(), type, shape);
  }

  /** Activations. */
  Tensor map(int height, int width, int channels) {
    return map(shape(height, width, channels));
  }

  /** Activations of a shape that has been shrunk. */
  Tensor map(Shape shape) {
    return contents.numbers(empty(type, shape));
  }

  /** Images of another type. */
  Tensor numbers(DType type, int height, int width, int channels) {
    return contents.numbers(empty(type, shape(height, width, channels)));
  }

  /** Targets, float32 and positive; without channels where none are given. */
  Tensor targets(int height, int width, int... channels) {
    return contents.positive(empty(DType.FLOAT32, shape(height, width, channels)));
  }

  /** A class for each pixel. */
  Tensor labels(DType type, int height, int width, int classes) {
    return below(type, shape(height, width), classes);
  }

  /** Whether a pixel counts: 7 of 8 do. */
  Tensor mask(int height, int width) {
    return below(DType.UINT8, shape(height, width), 8);
  }

  /** Whole numbers below {@code end}, of a shape that has been shrunk. */
  Tensor below(DType type, Shape shape, int end) {
    return contents.below(empty(type, shape), end);
  }

  /** Float32 numbers of any shape. */
  Tensor parameter(int... dims) {
    return contents.numbers(empty(DType.FLOAT32, Shape.of(dims)));
  }

  /** Zeros of any shape. */
  Tensor zeros(DType type, int... dims) {
    return Tensor.zeros(ops.memory(), type, Shape.of(dims));
  }

  /** As many weights as there are images. */
  List<Tensor> weights() {
    int channels = extent(WEIGHT_CHANNELS);
    return IntStream.range(0, images).mapToObj(_ -> parameter(channels, 3, 3, channels)).toList();
  }

  /** Room for a result with the extents of images; without channels where none are given. */
  Tensor result(DType type, int height, int width, int... channels) {
    return empty(type, shape(height, width, channels));
  }

  /** Each image as it is. */
  Tensor views() {
    return ImageView.toTensor(
        ops.memory(), IntStream.range(0, images).mapToObj(ImageView::whole).toList());
  }
}
