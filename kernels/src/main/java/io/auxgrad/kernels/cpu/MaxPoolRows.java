package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.MaxPoolLoops;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Pool2dSpec;

/**
 * Max pooling row by row for one worker: the maxima along each input row are kept in a ring until
 * the windows have passed, and each output row is the maximum of some of them. The order, along
 * rows first, finds the first of equal values.
 */
final class MaxPoolRows {
  private final Shape in;
  private final Pool2dSpec spec;
  private final int outHeight;
  private final int outWidth;
  private final long x;
  private final long y;
  private final long positions;
  private final long ring;
  private final int rowLength;
  private final long[] values;
  private final long[] places;
  private long image = -1;
  private int next;

  /**
   * {@code positions} is 0 if they were not asked for; {@code ring} has {@link #ringBytes} bytes.
   */
  MaxPoolRows(Shape in, Shape out, Pool2dSpec spec, long x, long y, long positions, long ring) {
    this.in = in;
    this.spec = spec;
    this.outHeight = out.dim(1);
    this.outWidth = out.dim(2);
    this.x = x;
    this.y = y;
    this.positions = positions;
    this.ring = ring;
    rowLength = outWidth * in.dim(3);
    values = new long[spec.kernel()];
    places = new long[spec.kernel()];
  }

  /** Bytes of the ring for outputs of shape {@code out}. */
  static long ringBytes(Shape out, Pool2dSpec spec) {
    return 8L * spec.kernel() * out.dim(2) * out.dim(3) + 64;
  }

  /** Computes output rows {@code [lo, hi)} of {@code [N,OH]}. */
  void run(long lo, long hi) {
    for (long row = lo; row < hi; row++) {
      int top = (int) (row % outHeight) * spec.stride() - spec.pad();
      int from = Math.max(0, top);
      int to = Math.min(in.dim(1), top + spec.kernel());
      fillRing(row / outHeight, from, to);
      for (int h = from; h < to; h++) {
        values[h - from] = ringValues(h);
        places[h - from] = ringPlaces(h);
      }
      long target = y + 4 * row * rowLength;
      if (positions == 0) {
        MaxPoolLoops.maximum(values, to - from, rowLength, target);
      } else {
        MaxPoolLoops.withPositions(
            values,
            places,
            to - from,
            from - top,
            spec.kernel(),
            rowLength,
            target,
            positions + row * rowLength);
      }
    }
  }

  private void fillRing(long wantedImage, int from, int to) {
    if (wantedImage != image) {
      image = wantedImage;
      next = 0;
    }
    for (int h = Math.max(next, from); h < to; h++) {
      alongRow(h);
    }
    next = to;
  }

  private void alongRow(int h) {
    int channels = in.dim(3);
    long row = x + 4L * channels * in.dim(2) * (image * in.dim(1) + h);
    for (int j = 0; j < outWidth; j++) {
      int left = j * spec.stride() - spec.pad();
      int from = Math.max(0, left);
      int to = Math.min(in.dim(2), left + spec.kernel());
      for (int w = from; w < to; w++) {
        values[w - from] = row + 4L * channels * w;
      }
      long at = 4L * channels * j;
      if (positions == 0) {
        MaxPoolLoops.maximum(values, to - from, channels, ringValues(h) + at);
      } else {
        MaxPoolLoops.withPlaces(
            values, to - from, from - left, channels, ringValues(h) + at, ringPlaces(h) + at);
      }
    }
  }

  private long ringValues(int h) {
    return ring + 8L * rowLength * (h % spec.kernel());
  }

  private long ringPlaces(int h) {
    return ringValues(h) + 4L * rowLength;
  }
}
