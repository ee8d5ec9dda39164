package io.auxgrad.kernels.cuda.bandwidth;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.ResizeOps.Mode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Between the stages of a decoder, and from the predictions to the images. */
final class ResizeRows {
  private ResizeRows() {}

  static List<Row> all() {
    return Stream.of(
            of(Mode.BILINEAR, 30, 40, 60, 80, 256),
            of(Mode.BILINEAR, 60, 80, 240, 320, 13),
            of(Mode.NEAREST, 30, 40, 60, 80, 256))
        .flatMap(List::stream)
        .toList();
  }

  private static List<Row> of(
      Mode mode, int height, int width, int toHeight, int toWidth, int channels) {
    String name =
        "%s to %d times".formatted(mode.name().toLowerCase(Locale.ROOT), toHeight / height);
    return List.of(
        Row.of(
            name,
            Traffic.ONCE,
            b -> {
              Tensor x = b.map(height, width, channels);
              int h = b.extent(toHeight);
              int w = b.extent(toWidth);
              return () -> b.ops().resize().forward(x, h, w, mode);
            }),
        Row.of(
            name + ", gradient",
            Traffic.ONCE,
            b -> {
              Tensor dy = b.map(toHeight, toWidth, channels);
              int h = b.extent(height);
              int w = b.extent(width);
              return () -> b.ops().resize().backward(dy, h, w, mode);
            }));
  }
}
