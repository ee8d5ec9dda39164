package io.auxgrad.kernels.cpu;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Pool2dSpec;

/**
 * Max pooling row by row for one worker: the maxima along each input row are kept in a ring until
 * the windows have passed, and each output row is the maximum of some of them. The order, along
 * rows first, finds the first of equal values. Neighbouring windows that have all but one row or
 * column in common are computed in pairs.
 */
abstract sealed class MaxPoolRows permits FloatMaxPoolRows, PackedMaxPoolRows {
  /** Of an element of the rows that are compared, float32 or int32. */
  static final long BYTES = 4;

  final Pool2dSpec spec;
  final int width;
  final int channels;

  /** Elements of an output row. */
  final int rowLength;

  /** The addresses to take the maximum of. */
  final long[] values;

  private final int height;
  private final int outHeight;
  private final int outWidth;
  private long image = -1;
  private int next;

  MaxPoolRows(Shape x, Shape y, Pool2dSpec spec) {
    this.spec = spec;
    height = x.dim(1);
    width = x.dim(2);
    channels = x.dim(3);
    outHeight = y.dim(1);
    outWidth = y.dim(2);
    rowLength = outWidth * channels;
    values = new long[spec.kernel() + 1];
  }

  /** The address of row {@code row} of {@code [N,H]}, ready to be compared. */
  abstract long inputRow(long row);

  /** Where the maxima along input row {@code h} of the image are kept. */
  abstract long kept(int h);

  /**
   * Writes the maxima of {@link #values}, one pixel each, of which the first is at place {@code
   * first} of the window, to element {@code at} of what is kept of input row {@code h}.
   */
  abstract void alongRow(int h, int at, int taps, int first);

  /** The same for the first {@code taps} of {@code taps + 1} values and, a pixel on, the last. */
  abstract void alongRowInPairs(int h, int at, int taps);

  /**
   * Writes output row {@code row} of {@code [N,OH]}: the maxima of {@link #values}, kept from as
   * many rows from {@code top} on, the first of which is row {@code first} of the window.
   */
  abstract void acrossRows(long row, int top, int taps, int first);

  /** The same for output rows {@code row}, of the first values, and {@code row + 1}, the last. */
  abstract void acrossRowsInPairs(long row, int top);

  /** Computes output rows {@code [lo, hi)} of {@code [N,OH]}. */
  final void run(long lo, long hi) {
    long row = lo;
    while (row < hi) {
      int h = (int) (row % outHeight);
      int top = h * spec.stride() - spec.pad();
      boolean pair = row + 1 < hi && h + 1 < outHeight && pairs(top, height);
      if (pair) {
        gather(row / outHeight, top, spec.kernel() + 1);
        acrossRowsInPairs(row, top);
      } else {
        int from = Math.max(0, top);
        int taps = Math.min(height, top + spec.kernel()) - from;
        gather(row / outHeight, from, taps);
        acrossRows(row, from, taps, from - top);
      }
      row += pair ? 2 : 1;
    }
  }

  // Whether the window at `from` and the next one are whole, and have all but one place in common.
  private boolean pairs(int from, int extent) {
    return spec.stride() == 1 && spec.kernel() > 1 && from >= 0 && from + spec.kernel() < extent;
  }

  // The maxima along `count` input rows of an image.
  private void gather(long wantedImage, int from, int count) {
    if (wantedImage != image) {
      image = wantedImage;
      next = 0;
    }
    for (int h = Math.max(next, from); h < from + count; h++) {
      alongRow(h);
    }
    next = from + count;
    for (int t = 0; t < count; t++) {
      values[t] = kept(from + t);
    }
  }

  private void alongRow(int h) {
    long row = inputRow(image * height + h);
    int j = 0;
    while (j < outWidth) {
      int left = j * spec.stride() - spec.pad();
      int from = Math.max(0, left);
      boolean pair = j + 1 < outWidth && pairs(left, width);
      int taps = Math.min(width, left + spec.kernel()) - from;
      for (int t = 0; t < (pair ? taps + 1 : taps); t++) {
        values[t] = row + BYTES * channels * (from + t);
      }
      if (pair) {
        alongRowInPairs(h, j * channels, taps);
      } else {
        alongRow(h, j * channels, taps, from - left);
      }
      j += pair ? 2 : 1;
    }
  }
}
