package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.ImageView;
import java.util.Arrays;

/**
 * One image of a batch with its view.
 *
 * @param first the number of its first source pixel
 * @param width source pixels in a row
 * @param rows where output rows come from
 * @param columns where output columns come from
 * @param scale of the view
 * @param flip of the view
 * @param colours of the view
 */
record ViewedImage(
    long first,
    int width,
    ViewedAxis rows,
    ViewedAxis columns,
    float scale,
    boolean flip,
    float[] colours) {
  /** What view {@code n} shows of images of shape {@code source}, at the given size. */
  static ViewedImage of(int n, Tensor views, Shape source, int height, int width) {
    float[] view = new float[ImageView.NUMBERS];
    for (int i = 0; i < view.length; i++) {
      view[i] = Native.getFloat(views.address(), (long) n * ImageView.NUMBERS + i);
    }
    float scale = Math.abs(view[1]);
    boolean flip = view[1] < 0;
    long image = (long) view[0];
    boolean isThere = image < source.dim(0);
    int fromHeight = isThere ? source.dim(1) : 0;
    int fromWidth = isThere ? source.dim(2) : 0;
    return new ViewedImage(
        image * fromHeight * fromWidth,
        fromWidth,
        ViewedAxis.of(fromHeight, height, scale, view[3], false),
        ViewedAxis.of(fromWidth, width, scale, view[2], flip),
        scale,
        flip,
        Arrays.copyOfRange(view, 4, view.length));
  }

  /** The number of the source pixel that output pixel {@code (x, y)} shows; -1 if there is none. */
  long nearest(int y, int x) {
    int row = rows.nearest()[y];
    int column = columns.nearest()[x];
    return row < 0 || column < 0 ? -1 : first + (long) row * width + column;
  }

  /**
   * Channel {@code c} at output pixel {@code (x, y)} of the bytes at {@code rgb}, between pixels.
   */
  float bilinear(long rgb, int y, int x, int c) {
    float share = columns.weight()[x];
    float above = mix(rgb, rows.low()[y], x, c, share);
    float below = mix(rgb, rows.high()[y], x, c, share);
    return above + rows.weight()[y] * (below - above);
  }

  private float mix(long rgb, int row, int x, int c, float share) {
    long start = first + (long) row * width;
    float a = Native.getByte(rgb, 3 * (start + columns.low()[x]) + c) & 0xFF;
    float b = Native.getByte(rgb, 3 * (start + columns.high()[x]) + c) & 0xFF;
    return a + share * (b - a);
  }

  /** Channel {@code c} of a pixel in the view's colours. */
  float colour(int c, float red, float green, float blue) {
    int row = 4 * c;
    float value =
        colours[row] * red + colours[row + 1] * green + colours[row + 2] * blue + colours[row + 3];
    return Math.min(255, Math.max(0, value));
  }
}
