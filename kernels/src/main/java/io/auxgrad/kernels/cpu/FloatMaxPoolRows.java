package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.CastLoops;
import io.auxgrad.kernels.cpu.simd.MaxPoolLoops;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Pool2dSpec;

/** Max pooling by comparing floats; rows of bfloat16 are converted. */
final class FloatMaxPoolRows extends MaxPoolRows {
  private final Tensor x;
  private final Tensor y;
  private final Tensor positions;
  private final long ring;
  private final long inputRow;
  private final long outputRows;
  private final long[] places;

  /**
   * {@code positions} is null if they were not asked for; {@code scratch} has {@link #scratchBytes}
   * bytes.
   */
  FloatMaxPoolRows(Tensor x, Tensor y, Tensor positions, Pool2dSpec spec, long scratch) {
    super(x.shape(), y.shape(), spec);
    this.x = x;
    this.y = y;
    this.positions = positions;
    ring = scratch;
    outputRows = ring + 8L * (spec.kernel() + 1) * rowLength;
    inputRow = outputRows + 8L * rowLength;
    places = new long[spec.kernel() + 1];
  }

  /** Bytes of scratch for a worker. */
  static long scratchBytes(Tensor x, Tensor y, Pool2dSpec spec) {
    long converted =
        x.dtype() == DType.FLOAT32 ? 0 : 4 * x.shape().stride(1) + 8 * y.shape().stride(1);
    return 8L * (spec.kernel() + 1) * y.shape().stride(1) + converted;
  }

  @Override
  long inputRow(long row) {
    int length = width * channels;
    long address = x.address() + x.dtype().bytes() * row * length;
    if (x.dtype() == DType.FLOAT32) {
      return address;
    }
    CastLoops.widen(address, inputRow, length);
    return inputRow;
  }

  @Override
  long kept(int h) {
    return ring + 8L * rowLength * (h % (spec.kernel() + 1));
  }

  private long keptPlaces(int h) {
    return kept(h) + 4L * rowLength;
  }

  @Override
  void alongRow(int h, int at, int taps, int first) {
    long target = kept(h) + BYTES * at;
    if (positions == null) {
      MaxPoolLoops.maximum(values, taps, channels, target);
    } else {
      long placesAt = keptPlaces(h) + BYTES * at;
      MaxPoolLoops.withPlaces(values, taps, first, channels, target, placesAt);
    }
  }

  @Override
  void alongRowInPairs(int h, int at, int taps) {
    long pixel = BYTES * channels;
    long target = kept(h) + BYTES * at;
    if (positions == null) {
      MaxPoolLoops.pair(values, taps, channels, target, target + pixel);
    } else {
      long placesAt = keptPlaces(h) + BYTES * at;
      MaxPoolLoops.pairWithPlaces(
          values, taps, channels, target, placesAt, target + pixel, placesAt + pixel);
    }
  }

  @Override
  void acrossRows(long row, int top, int taps, int first) {
    long target = output(row, 0);
    if (positions == null) {
      MaxPoolLoops.maximum(values, taps, rowLength, target);
    } else {
      findPlaces(top, taps);
      MaxPoolLoops.withPositions(
          values,
          places,
          taps,
          first,
          spec.kernel(),
          rowLength,
          target,
          positions.address() + row * rowLength);
    }
    finish(row, target);
  }

  @Override
  void acrossRowsInPairs(long row, int top) {
    long first = output(row, 0);
    long second = output(row + 1, 1);
    int kernel = spec.kernel();
    if (positions == null) {
      MaxPoolLoops.pair(values, kernel, rowLength, first, second);
    } else {
      findPlaces(top, kernel + 1);
      long at = positions.address() + row * rowLength;
      MaxPoolLoops.pairWithPositions(
          values, places, kernel, kernel, rowLength, first, at, second, at + rowLength);
    }
    finish(row, first);
    finish(row + 1, second);
  }

  private void findPlaces(int top, int count) {
    for (int t = 0; t < count; t++) {
      places[t] = keptPlaces(top + t);
    }
  }

  // Where the floats of an output row go.
  private long output(long row, int slot) {
    return y.dtype() == DType.FLOAT32
        ? y.address() + 4 * row * rowLength
        : outputRows + 4L * slot * rowLength;
  }

  private void finish(long row, long floats) {
    if (y.dtype() != DType.FLOAT32) {
      CastLoops.narrow(floats, y.address() + y.dtype().bytes() * row * rowLength, rowLength);
    }
  }
}
