package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.CastLoops;
import io.auxgrad.kernels.cpu.simd.MaxPoolLoops;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Pool2dSpec;

/**
 * Max pooling row by row for one worker: the maxima along each input row are kept in a ring until
 * the windows have passed, and each output row is the maximum of some of them. The order, along
 * rows first, finds the first of equal values. Neighbouring windows that have all but one row or
 * column in common are computed in pairs.
 */
final class MaxPoolRows {
  private final Tensor x;
  private final Tensor y;
  private final Tensor positions;
  private final Pool2dSpec spec;
  private final int height;
  private final int width;
  private final int channels;
  private final int outHeight;
  private final int outWidth;
  private final int rowLength;
  private final long ring;
  private final long inputRow;
  private final long outputRows;
  private final long[] values;
  private final long[] places;
  private long image = -1;
  private int next;

  /**
   * {@code positions} is null if they were not asked for; {@code scratch} has {@link #scratchBytes}
   * bytes.
   */
  MaxPoolRows(Tensor x, Tensor y, Tensor positions, Pool2dSpec spec, long scratch) {
    this.x = x;
    this.y = y;
    this.positions = positions;
    this.spec = spec;
    height = x.shape().dim(1);
    width = x.shape().dim(2);
    channels = x.shape().dim(3);
    outHeight = y.shape().dim(1);
    outWidth = y.shape().dim(2);
    rowLength = outWidth * channels;
    ring = scratch;
    outputRows = ring + 8L * (spec.kernel() + 1) * rowLength;
    inputRow = outputRows + 8L * rowLength;
    values = new long[spec.kernel() + 1];
    places = new long[spec.kernel() + 1];
  }

  /** Bytes of scratch for a worker. */
  static long scratchBytes(Tensor x, Tensor y, Pool2dSpec spec) {
    long converted =
        x.dtype() == DType.FLOAT32 ? 0 : 4 * x.shape().stride(1) + 8 * y.shape().stride(1);
    return 8L * (spec.kernel() + 1) * y.shape().stride(1) + converted;
  }

  /** Computes output rows {@code [lo, hi)} of {@code [N,OH]}. */
  void run(long lo, long hi) {
    long row = lo;
    while (row < hi) {
      int h = (int) (row % outHeight);
      boolean pair =
          row + 1 < hi && h + 1 < outHeight && pairs(h * spec.stride() - spec.pad(), height);
      if (pair) {
        pair(row, h - spec.pad());
      } else {
        single(row, h * spec.stride() - spec.pad());
      }
      row += pair ? 2 : 1;
    }
  }

  // Whether the window at `from` and the next one are whole, and have all but one place in common.
  private boolean pairs(int from, int extent) {
    return spec.stride() == 1 && spec.kernel() > 1 && from >= 0 && from + spec.kernel() < extent;
  }

  private void single(long row, int top) {
    int from = Math.max(0, top);
    int taps = Math.min(height, top + spec.kernel()) - from;
    gather(row / outHeight, from, taps);
    long target = output(row, 0);
    if (positions == null) {
      MaxPoolLoops.maximum(values, taps, rowLength, target);
    } else {
      MaxPoolLoops.withPositions(
          values,
          places,
          taps,
          from - top,
          spec.kernel(),
          rowLength,
          target,
          positions.address() + row * rowLength);
    }
    finish(row, target);
  }

  private void pair(long row, int top) {
    gather(row / outHeight, top, spec.kernel() + 1);
    long first = output(row, 0);
    long second = output(row + 1, 1);
    int kernel = spec.kernel();
    if (positions == null) {
      MaxPoolLoops.pair(values, kernel, rowLength, first, second);
    } else {
      long at = positions.address() + row * rowLength;
      MaxPoolLoops.pairWithPositions(
          values, places, kernel, kernel, rowLength, first, at, second, at + rowLength);
    }
    finish(row, first);
    finish(row + 1, second);
  }

  // Where the floats of an output row go.
  private long output(long row, int slot) {
    return y.dtype() == DType.FLOAT32
        ? y.address() + 4 * row * rowLength
        : outputRows + 4L * slot * rowLength;
  }

  private void finish(long row, long floats) {
    if (y.dtype() != DType.FLOAT32) {
      long target = y.address() + y.dtype().bytes() * row * rowLength;
      CastLoops.cast(DType.FLOAT32, floats, y.dtype(), target, rowLength);
    }
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
      values[t] = ringValues(from + t);
      places[t] = ringPlaces(from + t);
    }
  }

  private void alongRow(int h) {
    long row = inputRow(h);
    int j = 0;
    while (j < outWidth) {
      int left = j * spec.stride() - spec.pad();
      int from = Math.max(0, left);
      boolean pair = j + 1 < outWidth && pairs(left, width);
      int taps = Math.min(width, left + spec.kernel()) - from;
      for (int t = 0; t < (pair ? taps + 1 : taps); t++) {
        values[t] = row + 4L * channels * (from + t);
      }
      long at = ringValues(h) + 4L * channels * j;
      long placesAt = ringPlaces(h) + 4L * channels * j;
      long pixel = 4L * channels;
      if (positions == null && pair) {
        MaxPoolLoops.pair(values, taps, channels, at, at + pixel);
      } else if (positions == null) {
        MaxPoolLoops.maximum(values, taps, channels, at);
      } else if (pair) {
        MaxPoolLoops.pairWithPlaces(
            values, taps, channels, at, placesAt, at + pixel, placesAt + pixel);
      } else {
        MaxPoolLoops.withPlaces(values, taps, from - left, channels, at, placesAt);
      }
      j += pair ? 2 : 1;
    }
  }

  // The address of an input row as floats.
  private long inputRow(int h) {
    int length = width * channels;
    long address = x.address() + x.dtype().bytes() * (image * height + h) * length;
    if (x.dtype() == DType.FLOAT32) {
      return address;
    }
    CastLoops.cast(x.dtype(), address, DType.FLOAT32, inputRow, length);
    return inputRow;
  }

  private long ringValues(int h) {
    return ring + 8L * rowLength * (h % (spec.kernel() + 1));
  }

  private long ringPlaces(int h) {
    return ringValues(h) + 4L * rowLength;
  }
}
