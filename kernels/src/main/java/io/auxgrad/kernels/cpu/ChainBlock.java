package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.CastLoops;
import io.auxgrad.kernels.cpu.simd.ChainLoops;
import io.auxgrad.kernels.cpu.simd.CopyLoops;
import io.auxgrad.kernels.cpu.simd.MaxPoolLoops;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.UpdateLoops;
import io.auxgrad.kernels.cpu.simd.WindowLoops;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Pool2dSpec;
import java.util.List;

/**
 * A block of channels of a {@link PoolingChain}, a cache line of each pixel. All stages walk down
 * the image together, each {@code pad} rows behind the one before it, so that every row is in a
 * cache until the last stage is done with it.
 *
 * <p>Sums and products are rounded as those of the single ops are.
 */
final class ChainBlock {
  private static final int LINE_BYTES = 64;

  private final Tensor x;
  private final Tensor y;
  private final List<Tensor> factors;
  private final int stages;
  private final int kernel;
  private final int pad;
  private final int height;
  private final int width;
  private final int channels;
  private final long rowBytes;
  private final long rings;
  private final long sums;
  private final long factorRows;
  private final long row;
  private final long[] values;

  private long offset;
  private int first;
  private int count;
  private Stage[] all;

  /** {@code scratch} has {@link #scratchBytes} bytes. */
  ChainBlock(Tensor x, Pool2dSpec window, List<Tensor> factors, Tensor y, long scratch) {
    this.x = x;
    this.y = y;
    this.factors = factors;
    stages = factors.size();
    kernel = window.kernel();
    pad = window.pad();
    height = x.shape().dim(1);
    width = x.shape().dim(2);
    channels = x.shape().dim(3);
    rowBytes = rowBytes(x);
    rings = scratch;
    sums = rings + rowBytes * stages * (kernel + 1);
    factorRows = sums + rowBytes * sumRows(window, stages);
    row = factorRows + rowBytes * stages;
    values = new long[kernel + 1];
  }

  /** Number of blocks of an image. */
  static int count(Tensor x) {
    return Math.ceilDiv(x.shape().dim(3), size(x));
  }

  /** Bytes of scratch that a block needs. */
  static long scratchBytes(Tensor x, Pool2dSpec window, int stages) {
    return rowBytes(x) * (stages * (window.kernel() + 2L) + sumRows(window, stages) + 1);
  }

  // Rows that the last stage still has to add to, and the first one has been given.
  private static int sumRows(Pool2dSpec window, int stages) {
    return stages * window.pad() + 2;
  }

  private static int size(Tensor x) {
    return LINE_BYTES / x.dtype().bytes();
  }

  private static long rowBytes(Tensor x) {
    Shape shape = x.shape();
    long bytes = (long) Float.BYTES * shape.dim(2) * Math.min(size(x), shape.dim(3));
    return Math.ceilDiv(bytes, LINE_BYTES) * LINE_BYTES;
  }

  /** The input, which is stage number 0, or a stage of the chain. */
  private interface Stage {
    /** Makes rows {@code h} and {@code h + 1}; returns NaN if a number was not finite. */
    float make(int h);
  }

  /** Begins with block {@code block} of image {@code image}. */
  void start(long image, int block) {
    first = block * size(x);
    count = Math.min(size(x), channels - first);
    offset = image * height * width * channels + first;
    all = new Stage[stages + 1];
    all[0] = this::readTwoRows;
    for (int stage = 1; stage < stages; stage++) {
      all[stage] = middle(stage);
    }
    all[stages] = last();
  }

  /** Whether {@link #walk} can do it. */
  boolean isQuick() {
    return kernel == WindowLoops.KERNEL && pad == kernel / 2 && WindowLoops.suit(width, count);
  }

  /** Steps until the last stage is at the end of the image. */
  int steps() {
    return Math.ceilDiv(height, 2) + Math.ceilDiv(stages * pad, 2);
  }

  /**
   * Takes all stages two rows further. Returns NaN if a number was not finite; then the block is
   * worth nothing. All kinds of stages are called from one place, so that the JVM compiles the
   * loops of each by themselves: in one method they are too much for it, and it would put vectors
   * into objects.
   */
  float walk(int step) {
    float found = 0;
    for (int stage = 0; stage <= stages; stage++) {
      int h = 2 * step - stage * pad;
      if (h >= 0 && h < height) {
        found += all[stage].make(h);
      }
    }
    return found;
  }

  private float readTwoRows(int h) {
    return readQuickly(h) + (h + 1 < height ? readQuickly(h + 1) : 0);
  }

  private float readQuickly(int h) {
    if (x.dtype() == DType.FLOAT32) {
      return ChainLoops.input(at(x, h), 4L * channels, sum(h), kept(0, h), width, count);
    }
    read(h);
    return ChainLoops.input(sum(h), 4L * count, sum(h), kept(0, h), width, count);
  }

  // Behind the last row of an odd number comes one of nothing new, which nobody reads.
  private Stage middle(int stage) {
    long factor = factors.get(stage - 1).address() + 4L * first;
    return h -> {
      choose(stage - 1, h);
      return ChainLoops.twoRows(
          values, factor, sum(h), sum(h + 1), kept(stage, h), kept(stage, h + 1), width, count);
    };
  }

  private Stage last() {
    long factor = factors.get(stages - 1).address() + 4L * first;
    return h -> {
      choose(stages - 1, h);
      boolean two = h + 1 < height;
      boolean direct = two && y.dtype() == DType.FLOAT32;
      ChainLoops.lastTwoRows(
          values,
          factor,
          sum(h),
          sum(h + 1),
          direct ? at(y, h) : sum(h),
          direct ? at(y, h + 1) : sum(h + 1),
          4L * (direct ? channels : count),
          width,
          count);
      if (!direct) {
        write(h);
        if (two) {
          write(h + 1);
        }
      }
      return 0;
    };
  }

  // The rows of two windows. Those beyond an end are that at the end again: no maximum changes.
  private void choose(int stage, int h) {
    for (int t = 0; t <= kernel; t++) {
      values[t] = kept(stage, Math.clamp(h - pad + t, 0, height - 1));
    }
  }

  /** Computes the block as the single ops do. */
  void slowly() {
    for (int stage = 0; stage < stages; stage++) {
      repeat(factors.get(stage).address() + (long) Float.BYTES * first, stage);
    }
    for (int step = 0; step < height + stages * pad; step++) {
      if (step < height) {
        read(step);
        alongRow(sum(step), 0, step);
      }
      for (int stage = 1; stage <= stages; stage++) {
        int h = step - stage * pad;
        if (h >= 0 && h < height) {
          stage(stage, h);
        }
      }
      int done = step - stages * pad;
      if (done >= 0) {
        write(done);
      }
    }
  }

  private void repeat(long factor, int stage) {
    long target = factorRows + rowBytes * stage;
    for (int pixel = 0; pixel < width; pixel++) {
      Native.copy(factor, target + (long) Float.BYTES * pixel * count, (long) Float.BYTES * count);
    }
  }

  // Row h of what stage number `stage` makes, from what is kept of the rows of the one before.
  private void stage(int stage, int h) {
    int n = width * count;
    int from = Math.max(0, h - pad);
    int taps = Math.min(height, h + pad + 1) - from;
    for (int t = 0; t < taps; t++) {
      values[t] = kept(stage - 1, from + t);
    }
    MaxPoolLoops.maximum(values, taps, n, row);
    UpdateLoops.scaleAndAdd(row, factorRows + rowBytes * (stage - 1), sum(h), n);
    if (stage < stages) {
      alongRow(row, stage, h);
    }
  }

  // Keeps the maxima along row h of what stage number `stage` made, of which 0 is the input.
  private void alongRow(long source, int stage, int h) {
    long target = kept(stage, h);
    int inner = Math.max(0, width - 2 * pad);
    if (inner > 0) {
      maximum(source, 0, kernel, inner, target + (long) Float.BYTES * pad * count);
    }
    border(source, 0, Math.min(pad, width), target);
    border(source, pad + inner, width, target);
  }

  // Pixels [lo, hi), whose windows lie partly outside of the image.
  private void border(long source, int lo, int hi, long target) {
    for (int pixel = lo; pixel < hi; pixel++) {
      int from = Math.max(0, pixel - pad);
      int taps = Math.min(width, pixel + pad + 1) - from;
      maximum(source, from, taps, 1, target + (long) Float.BYTES * pixel * count);
    }
  }

  // The maxima of `pixels` windows side by side, the first of which begins at pixel `from`.
  private void maximum(long source, int from, int taps, int pixels, long target) {
    for (int t = 0; t < taps; t++) {
      values[t] = source + (long) Float.BYTES * (from + t) * count;
    }
    MaxPoolLoops.maximum(values, taps, pixels * count, target);
  }

  private long kept(int stage, int h) {
    return rings + rowBytes * (stage * (kernel + 1) + h % (kernel + 1));
  }

  private long sum(int h) {
    return sums + rowBytes * (h % (stages * pad + 2));
  }

  // Where row h of this block begins in an image.
  private long at(Tensor t, int h) {
    return t.address() + t.dtype().bytes() * (offset + (long) h * width * channels);
  }

  private void read(int h) {
    DType type = x.dtype();
    long bytes = (long) type.bytes() * count;
    long target = type == DType.FLOAT32 ? sum(h) : row;
    CopyLoops.rows(at(x, h), (long) type.bytes() * channels, target, bytes, bytes, width);
    if (type != DType.FLOAT32) {
      CastLoops.widen(row, sum(h), width * count);
    }
  }

  private void write(int h) {
    DType type = y.dtype();
    long bytes = (long) type.bytes() * count;
    long source = sum(h);
    if (type != DType.FLOAT32) {
      CastLoops.narrow(source, row, width * count);
      source = row;
    }
    CopyLoops.rows(source, bytes, at(y, h), (long) type.bytes() * channels, bytes, width);
  }
}
