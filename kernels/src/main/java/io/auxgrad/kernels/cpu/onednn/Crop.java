package io.auxgrad.kernels.cpu.onednn;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;

/**
 * A rectangle of images {@code [N,H,W,C]}: rows from {@code row}, columns from {@code column}.
 *
 * @param whole the shape of the images
 * @param shape that of the rectangle
 */
record Crop(Shape whole, int row, int column, Shape shape) {
  static Crop all(Shape images) {
    return new Crop(images, 0, 0, images);
  }

  Crop of(int row, int rows, int column, int columns) {
    Shape shape = Shape.of(whole.dim(0), rows, columns, whole.dim(3));
    return new Crop(whole, row, column, shape);
  }

  /** Bytes before its first pixel. */
  long offset(DType type) {
    return (row * whole.stride(1) + column * whole.stride(2)) * type.bytes();
  }

  /** Where it lies, inside of the images. */
  MemoryDesc inside(DType type) {
    return MemoryDesc.nhwc(type, shape, whole);
  }

  /** The rectangle by itself. */
  MemoryDesc dense(DType type) {
    return MemoryDesc.nhwc(type, shape, shape);
  }
}
