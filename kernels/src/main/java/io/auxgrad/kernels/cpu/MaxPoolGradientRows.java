package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.CastLoops;
import io.auxgrad.kernels.cpu.simd.MaxPoolGradientLoops;
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
    int first = first(h);
    int taps = last(h, dy.shape().dim(1)) - first + 1;
    for (int t = 0; t < taps; t++) {
      long element = (image * dy.shape().dim(1) + first + t) * rowLength;
      gradients[t] = dy.address() + dy.dtype().bytes() * element;
      places[t] = positions.address() + element;
      rows[t] = h + spec.pad() - (first + t) * spec.stride();
    }
    if (taps > 0) {
      MaxPoolGradientLoops.collectRows(
          dy.dtype(), gradients, places, rows, taps, spec.kernel(), rowLength, sums, columns);
    }
    return Math.max(0, taps);
  }

  private void alongRow(long target) {
    int width = dx.shape().dim(2);
    boolean direct = dx.dtype() == DType.FLOAT32;
    long out = direct ? target : pixels;
    for (int w = 0; w < width; w++) {
      int first = first(w);
      int taps = last(w, dy.shape().dim(2)) - first + 1;
      long skipped = 4L * channels * first;
      MaxPoolGradientLoops.collectPixels(
          sums + skipped,
          columns + skipped,
          w + spec.pad() - first * spec.stride(),
          spec.stride(),
          taps,
          channels,
          out + 4L * channels * w);
    }
    if (!direct) {
      CastLoops.cast(DType.FLOAT32, pixels, dx.dtype(), target, (long) width * channels);
    }
  }

  // The first output whose window reaches input i.
  private int first(int i) {
    return Math.max(0, Math.ceilDiv(i + spec.pad() - spec.kernel() + 1, spec.stride()));
  }

  // The last one, of `outputs`.
  private int last(int i, int outputs) {
    return Math.min(outputs - 1, (i + spec.pad()) / spec.stride());
  }
}
