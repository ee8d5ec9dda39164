package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.CastLoops;
import io.auxgrad.kernels.cpu.simd.MaxPoolGradientLoops;
import io.auxgrad.kernels.cpu.simd.MaxPoolGradientLoops.Windows;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Pool2dSpec;

/**
 * The gradient of max pooling input row by input row, for one worker. All windows over a column
 * find the same place in an input row, if they choose that row at all: the first of its largest
 * values. So the gradients of a column are summed first, then dealt out along the row.
 */
final class MaxPoolGradientRows {
  private final Tensor dy;
  private final Tensor positions;
  private final Pool2dSpec spec;
  private final Tensor dx;
  private final Windows vertical;
  private final Windows horizontal;
  private final int channels;
  private final int rowLength;
  private final long sums;
  private final long columns;
  private final long pixels;
  private final long[] gradients;
  private final long[] places;
  private final int[] rows;

  /** {@code scratch} has {@link #scratchBytes} bytes. */
  MaxPoolGradientRows(Tensor dy, Tensor positions, Pool2dSpec spec, Tensor dx, long scratch) {
    this.dy = dy;
    this.positions = positions;
    this.spec = spec;
    this.dx = dx;
    vertical = new Windows(spec, dy.shape().dim(1));
    horizontal = new Windows(spec, dy.shape().dim(2));
    channels = dy.shape().dim(3);
    rowLength = dy.shape().dim(2) * channels;
    sums = scratch;
    columns = scratch + 4L * rowLength;
    pixels = columns + 4L * rowLength;
    gradients = new long[spec.kernel()];
    places = new long[spec.kernel()];
    rows = new int[spec.kernel()];
  }

  /** Bytes of scratch for a worker. */
  static long scratchBytes(Tensor dy, Tensor dx) {
    long row = 4 * dx.shape().stride(1);
    return 8 * dy.shape().stride(1) + (dx.dtype() == DType.FLOAT32 ? 0 : row);
  }

  /** Computes input rows {@code [lo, hi)} of {@code [N,H]}. */
  void run(long lo, long hi) {
    int height = dx.shape().dim(1);
    for (long row = lo; row < hi; row++) {
      long target = dx.address() + dx.dtype().bytes() * row * dx.shape().stride(1);
      int taps = collect(row / height, (int) (row % height));
      if (taps == 0) {
        Native.clear(target, dx.dtype().bytes() * dx.shape().stride(1));
      } else {
        alongRow(target);
      }
    }
  }

  // Sums the gradients that the output rows of an image send to its input row h.
  private int collect(long image, int h) {
    int first = vertical.first(h);
    int taps = vertical.count(h);
    for (int t = 0; t < taps; t++) {
      long element = (image * dy.shape().dim(1) + first + t) * rowLength;
      gradients[t] = dy.address() + dy.dtype().bytes() * element;
      places[t] = positions.address() + element;
      rows[t] = vertical.place(h) - t * spec.stride();
    }
    if (taps > 0) {
      MaxPoolGradientLoops.collectRows(
          dy.dtype(), gradients, places, rows, taps, spec.kernel(), rowLength, sums, columns);
    }
    return taps;
  }

  private void alongRow(long target) {
    int width = dx.shape().dim(2);
    boolean direct = dx.dtype() == DType.FLOAT32;
    long out = direct ? target : pixels;
    MaxPoolGradientLoops.collectPixels(sums, columns, horizontal, channels, width, out);
    if (!direct) {
      CastLoops.cast(DType.FLOAT32, pixels, dx.dtype(), target, (long) width * channels);
    }
  }
}
