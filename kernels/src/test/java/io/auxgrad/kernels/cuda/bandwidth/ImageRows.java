package io.auxgrad.kernels.cuda.bandwidth;

import static io.auxgrad.tensor.DType.FLOAT32;
import static io.auxgrad.tensor.DType.INT32;
import static io.auxgrad.tensor.DType.UINT8;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import java.util.List;

/** From images and labels to a batch of the same size. */
final class ImageRows {
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

  private ImageRows() {}

  static List<Row> all() {
    return List.of(
        Row.of(
            "network input",
            Traffic.ONCE,
            b -> {
              Tensor rgb = b.numbers(UINT8, 240, 320, 3);
              Tensor views = b.views();
              int h = b.extent(240);
              int w = b.extent(320);
              return () -> b.ops().image().input(rgb, views, MEAN, DEVIATION, h, w, b.type());
            }),
        classes(UINT8),
        classes(INT32),
        Row.only(
            FLOAT32,
            "depth labels",
            Traffic.ONCE,
            b -> {
              Tensor depth = b.targets(240, 320);
              Tensor views = b.views();
              int h = b.extent(240);
              int w = b.extent(320);
              return () -> b.ops().image().depth(depth, views, h, w);
            }),
        Row.only(
            FLOAT32,
            "normals labels",
            Traffic.ONCE,
            b -> {
              Tensor normals = b.targets(240, 320, 3);
              Tensor views = b.views();
              int h = b.extent(240);
              int w = b.extent(320);
              return () -> b.ops().image().normals(normals, views, h, w);
            }));
  }

  private static Row classes(DType type) {
    return Row.only(
        type,
        "class labels",
        Traffic.ONCE,
        b -> {
          Tensor classes = b.labels(type, 240, 320, 13);
          Tensor views = b.views();
          int h = b.extent(240);
          int w = b.extent(320);
          return () -> b.ops().image().classes(classes, views, h, w);
        });
  }
}
