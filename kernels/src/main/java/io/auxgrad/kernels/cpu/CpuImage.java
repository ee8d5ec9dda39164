package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.ImageOps;

/** Views of images and labels, row by row. */
final class CpuImage extends ImageOps {
  /** Output pixels worth a thread's attention. */
  private static final int GRAIN = 4096;

  private final CpuContext context;

  CpuImage(CpuContext context) {
    this.context = context;
  }

  private interface PixelBody {
    /** Does output pixel {@code (x, y)} of an image, which is pixel {@code to} of the batch. */
    void pixel(ViewedImage image, int y, int x, long to);
  }

  /** All output pixels of {@code [N,height,width,...]}. */
  private void eachPixel(Tensor views, Shape source, Shape target, PixelBody body) {
    int height = target.dim(1);
    int width = target.dim(2);
    for (int n = 0; n < target.dim(0); n++) {
      ViewedImage image = ViewedImage.of(n, views, source, height, width);
      long firstRow = (long) n * height;
      context
          .workers()
          .range(
              height,
              Math.ceilDiv(GRAIN, width),
              (_, lo, hi) -> {
                for (long y = lo; y < hi; y++) {
                  long to = (firstRow + y) * width;
                  for (int x = 0; x < width; x++) {
                    body.pixel(image, (int) y, x, to + x);
                  }
                }
              });
    }
  }

  @Override
  protected void runInput(Tensor rgb, Tensor views, float[] mean, float[] deviation, Tensor y) {
    long from = rgb.address();
    long at = y.address();
    DType type = y.dtype();
    eachPixel(
        views,
        rgb.shape(),
        y.shape(),
        (image, row, column, to) -> {
          if (image.nearest(row, column) < 0) {
            putVector(type, at, to, 0, 0, 0);
            return;
          }
          float red = image.bilinear(from, row, column, 0);
          float green = image.bilinear(from, row, column, 1);
          float blue = image.bilinear(from, row, column, 2);
          for (int c = 0; c < 3; c++) {
            float value = image.colour(c, red, green, blue);
            Native.putFloat(type, at, 3 * to + c, (value / 255f - mean[c]) / deviation[c]);
          }
        });
  }

  @Override
  protected void runClasses(Tensor classes, Tensor views, Tensor y) {
    long from = classes.address();
    long at = y.address();
    boolean bytes = classes.dtype() == DType.UINT8;
    eachPixel(
        views,
        classes.shape(),
        y.shape(),
        (image, row, column, to) -> {
          long source = image.nearest(row, column);
          int label =
              source < 0
                  ? IGNORE
                  : bytes ? fromByte(Native.getByte(from, source)) : Native.getInt(from, source);
          Native.putInt(at, to, label);
        });
  }

  private static int fromByte(byte label) {
    int value = label & 0xFF;
    return value == IGNORE_BYTE ? IGNORE : value;
  }

  @Override
  protected void runDepth(Tensor depth, Tensor views, Masked y) {
    long from = depth.address();
    long values = y.values().address();
    long mask = y.mask().address();
    eachPixel(
        views,
        depth.shape(),
        y.mask().shape(),
        (image, row, column, to) -> {
          long source = image.nearest(row, column);
          float metres = source < 0 ? 0 : Native.getFloat(from, source);
          boolean valid = metres > 0;
          Native.putFloat(values, to, valid ? metres / image.scale() : 0);
          Native.putByte(mask, to, (byte) (valid ? 1 : 0));
        });
  }

  @Override
  protected void runNormals(Tensor normals, Tensor views, Masked y) {
    long from = normals.address();
    boolean octahedral = normals.dtype() == DType.UINT8;
    long values = y.values().address();
    long mask = y.mask().address();
    eachPixel(
        views,
        normals.shape(),
        y.mask().shape(),
        (image, row, column, to) -> {
          long source = image.nearest(row, column);
          boolean valid = source >= 0;
          if (valid) {
            Normal normal = octahedral ? Normal.unpack(from, source) : Normal.at(from, source);
            Normal seen = normal.seen(image.scale(), image.flip());
            putVector(DType.FLOAT32, values, to, seen.x(), seen.y(), seen.z());
            valid = !seen.equals(Normal.NONE);
          } else {
            putVector(DType.FLOAT32, values, to, 0, 0, 0);
          }
          Native.putByte(mask, to, (byte) (valid ? 1 : 0));
        });
  }

  private static void putVector(DType type, long to, long vector, float x, float y, float z) {
    Native.putFloat(type, to, 3 * vector, x);
    Native.putFloat(type, to, 3 * vector + 1, y);
    Native.putFloat(type, to, 3 * vector + 2, z);
  }
}
