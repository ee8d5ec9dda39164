package io.auxgrad.kernels.cuda.bandwidth;

import static io.auxgrad.tensor.DType.FLOAT32;
import static io.auxgrad.tensor.DType.INT32;
import static io.auxgrad.tensor.DType.UINT8;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.ImageOps;
import java.util.List;

/** From images and labels to a batch of the same size. */
final class ImageRows {
  private static final int H = 240;
  private static final int W = 320;
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

  private ImageRows() {}

  static List<Row> all() {
    return List.of(
        Row.of(
            "network input",
            Traffic.ONCE,
            b -> {
              Tensor rgb = b.numbers(UINT8, H, W, 3);
              Tensor views = b.views();
              Tensor y = b.result(b.type(), H, W, 3);
              return () -> b.ops().image().input(rgb, views, MEAN, DEVIATION, y);
            }),
        classes(UINT8),
        classes(INT32),
        Row.only(
            FLOAT32,
            "depth labels",
            Traffic.ONCE,
            b -> {
              Tensor depth = b.targets(H, W);
              Tensor views = b.views();
              ImageOps.Masked y = masked(b, 1);
              return () -> b.ops().image().depth(depth, views, y);
            }),
        Row.only(FLOAT32, "normals labels", Traffic.ONCE, b -> normals(b, b.targets(H, W, 3))),
        Row.only(
            UINT8, "normals labels", Traffic.ONCE, b -> normals(b, b.numbers(UINT8, H, W, 4))));
  }

  private static Runnable normals(Batch b, Tensor normals) {
    Tensor views = b.views();
    ImageOps.Masked y = masked(b, 3);
    return () -> b.ops().image().normals(normals, views, y);
  }

  private static ImageOps.Masked masked(Batch b, int channels) {
    return new ImageOps.Masked(b.result(FLOAT32, H, W, channels), b.result(UINT8, H, W));
  }

  private static Row classes(DType type) {
    return Row.only(
        type,
        "class labels",
        Traffic.ONCE,
        b -> {
          Tensor classes = b.labels(type, H, W, 13);
          Tensor views = b.views();
          Tensor y = b.result(INT32, H, W);
          return () -> b.ops().image().classes(classes, views, y);
        });
  }
}
