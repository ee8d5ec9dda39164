package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.PackedMaxLoops;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Pool2dSpec;

/** Max pooling of bfloat16 without NaN by comparing {@linkplain PackedMaxLoops packed} integers. */
final class PackedMaxPoolRows extends MaxPoolRows {
  private final Tensor x;
  private final Tensor y;
  private final Tensor positions;
  private final long ring;
  private final long outputRows;
  private final long inputRow;

  /**
   * {@code positions} is null if they were not asked for; {@code scratch} has the bytes that {@link
   * FloatMaxPoolRows} needs, which is more.
   */
  PackedMaxPoolRows(Tensor x, Tensor y, Tensor positions, Pool2dSpec spec, long scratch) {
    super(x.shape(), y.shape(), spec);
    this.x = x;
    this.y = y;
    this.positions = positions;
    ring = scratch;
    outputRows = ring + BYTES * (spec.kernel() + 1) * rowLength;
    inputRow = outputRows + 2 * BYTES * rowLength;
  }

  /** Whether output rows {@code [lo, hi)} of {@code [N,OH]} can be computed like that. */
  static boolean suits(Tensor x, Shape y, Pool2dSpec spec, long lo, long hi) {
    if (x.dtype() != DType.BFLOAT16) {
      return false;
    }
    int height = x.shape().dim(1);
    int top = Math.toIntExact(lo % y.dim(1)) * spec.stride() - spec.pad();
    int bottom = Math.toIntExact((hi - 1) % y.dim(1)) * spec.stride() - spec.pad() + spec.kernel();
    long from = lo / y.dim(1) * height + Math.max(0, top);
    long to = (hi - 1) / y.dim(1) * height + Math.min(height, bottom);
    long length = x.shape().stride(1);
    for (long row = from; row < to; row++) {
      if (!PackedMaxLoops.packable(x.address() + 2 * row * length, (int) length)) {
        return false;
      }
    }
    return true;
  }

  @Override
  long inputRow(long row) {
    int length = width * channels;
    PackedMaxLoops.pack(x.address() + x.dtype().bytes() * row * length, inputRow, length);
    return inputRow;
  }

  @Override
  long kept(int h) {
    return ring + BYTES * rowLength * (h % (spec.kernel() + 1));
  }

  @Override
  void alongRow(int h, int at, int taps, int first) {
    PackedMaxLoops.maximum(values, taps, first, 1, channels, kept(h) + BYTES * at);
  }

  @Override
  void alongRowInPairs(int h, int at, int taps) {
    long target = kept(h) + BYTES * at;
    PackedMaxLoops.pair(values, taps, 1, channels, target, target + BYTES * channels);
  }

  @Override
  void acrossRows(long row, int top, int taps, int first) {
    PackedMaxLoops.maximum(values, taps, first, spec.kernel(), rowLength, outputRows);
    finish(row, outputRows);
  }

  @Override
  void acrossRowsInPairs(long row, int top) {
    long second = outputRows + BYTES * rowLength;
    PackedMaxLoops.pair(values, spec.kernel(), spec.kernel(), rowLength, outputRows, second);
    finish(row, outputRows);
    finish(row + 1, second);
  }

  private void finish(long row, long packed) {
    long first = row * rowLength;
    PackedMaxLoops.values(packed, rowLength, y.address() + y.dtype().bytes() * first);
    if (positions != null) {
      PackedMaxLoops.positions(packed, rowLength, positions.address() + first);
    }
  }
}
