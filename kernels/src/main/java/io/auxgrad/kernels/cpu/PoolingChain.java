package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.CastLoops;
import io.auxgrad.kernels.cpu.simd.ChainLoops;
import io.auxgrad.kernels.cpu.simd.CopyLoops;
import io.auxgrad.kernels.cpu.simd.MaxPoolLoops;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.UpdateLoops;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Pool2dSpec;
import java.util.List;

/**
 * A chain of residual pooling for one worker, a cache line's channels of an image at a time. All
 * stages walk down the image together, each {@code pad} rows behind the one before it, so that
 * every row is in a cache until the last stage is done with it: memory is read and written once for
 * the whole chain, where ops one by one move their maps seven times a stage.
 *
 * <p>Sums and products are rounded as those of the single ops are.
 */
final class PoolingChain {
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

  /** {@code scratch} has {@link #scratchBytes} bytes. */
  PoolingChain(Tensor x, Pool2dSpec window, List<Tensor> factors, Tensor y, long scratch) {
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
    sums = rings + rowBytes * stages * kernel;
    factorRows = sums + rowBytes * sumRows(window, stages);
    row = factorRows + rowBytes * stages;
    values = new long[kernel];
  }

  /** Parts that the work of {@code x} falls into: a block of channels of an image each. */
  static long parts(Tensor x) {
    return (long) x.shape().dim(0) * Math.ceilDiv(x.shape().dim(3), block(x));
  }

  /** Bytes of scratch for a worker. */
  static long scratchBytes(Tensor x, Pool2dSpec window, int stages) {
    return rowBytes(x) * (stages * window.kernel() + sumRows(window, stages) + stages + 1L);
  }

  // Rows that the last stage still has to add to, and the first one has been given.
  private static int sumRows(Pool2dSpec window, int stages) {
    return stages * window.pad() + 1;
  }

  private static int block(Tensor x) {
    return LINE_BYTES / x.dtype().bytes();
  }

  private static long rowBytes(Tensor x) {
    Shape shape = x.shape();
    long bytes = (long) Float.BYTES * shape.dim(2) * Math.min(block(x), shape.dim(3));
    return Math.ceilDiv(bytes, LINE_BYTES) * LINE_BYTES;
  }

  /** Computes parts {@code [lo, hi)}. */
  void run(long lo, long hi) {
    int blocks = Math.ceilDiv(channels, block(x));
    for (long part = lo; part < hi; part++) {
      int first = (int) (part % blocks) * block(x);
      run(part / blocks, first, Math.min(block(x), channels - first));
    }
  }

  // Channels [first, first + count) of an image.
  private void run(long image, int first, int count) {
    long offset = image * height * width * channels + first;
    boolean quick =
        kernel == ChainLoops.KERNEL && pad == kernel / 2 && ChainLoops.suit(width, count);
    if (!quick || !quickly(offset, first, count)) {
      slowly(offset, first, count);
    }
  }

  /** The input, which is stage number 0, or a stage of the chain. */
  private interface Stage {
    /** Makes row {@code h}; returns NaN if a number was not finite. */
    float make(int h);
  }

  /**
   * False if the result is worth nothing, as a number was not finite. All kinds of stages are
   * called from one place, so that the JVM compiles the loops of each by themselves: in one method
   * they are too much for it, and it would put vectors into objects.
   */
  private boolean quickly(long offset, int first, int count) {
    Stage[] all = new Stage[stages + 1];
    for (int stage = 1; stage < stages; stage++) {
      all[stage] = middle(stage, first, count);
    }
    all[0] = h -> readQuickly(offset, h, count);
    all[stages] = last(offset, first, count);
    float found = 0;
    for (int step = 0; step < height + stages * pad; step++) {
      for (int stage = 0; stage <= stages; stage++) {
        int h = step - stage * pad;
        if (h >= 0 && h < height) {
          found += all[stage].make(h);
        }
      }
    }
    return found == 0;
  }

  private float readQuickly(long offset, int h, int count) {
    if (x.dtype() == DType.FLOAT32) {
      long from = x.address() + 4 * (offset + (long) h * width * channels);
      return ChainLoops.input(from, 4L * channels, sum(h), kept(0, h), width, count);
    }
    read(offset, h, count);
    return ChainLoops.input(sum(h), 4L * count, sum(h), kept(0, h), width, count);
  }

  private Stage middle(int stage, int first, int count) {
    long factor = factors.get(stage - 1).address() + 4L * first;
    return h -> {
      choose(stage - 1, h);
      return ChainLoops.stage(values, factor, sum(h), kept(stage, h), width, count);
    };
  }

  private Stage last(long offset, int first, int count) {
    long factor = factors.get(stages - 1).address() + 4L * first;
    return h -> {
      choose(stages - 1, h);
      if (y.dtype() == DType.FLOAT32) {
        long to = y.address() + 4 * (offset + (long) h * width * channels);
        ChainLoops.last(values, factor, sum(h), to, 4L * channels, width, count);
      } else {
        ChainLoops.last(values, factor, sum(h), sum(h), 4L * count, width, count);
        write(offset, h, count);
      }
      return 0;
    };
  }

  // The rows of a window. Those beyond an end are that at the end again: no maximum changes.
  private void choose(int stage, int h) {
    for (int t = 0; t < kernel; t++) {
      values[t] = kept(stage, Math.clamp(h - pad + t, 0, height - 1));
    }
  }

  private void slowly(long offset, int first, int count) {
    for (int stage = 0; stage < stages; stage++) {
      repeat(factors.get(stage).address() + (long) Float.BYTES * first, count, stage);
    }
    for (int step = 0; step < height + stages * pad; step++) {
      if (step < height) {
        read(offset, step, count);
        alongRow(sum(step), count, 0, step);
      }
      for (int stage = 1; stage <= stages; stage++) {
        int h = step - stage * pad;
        if (h >= 0 && h < height) {
          stage(stage, h, count);
        }
      }
      int done = step - stages * pad;
      if (done >= 0) {
        write(offset, done, count);
      }
    }
  }

  private void repeat(long factor, int count, int stage) {
    long target = factorRows + rowBytes * stage;
    for (int pixel = 0; pixel < width; pixel++) {
      Native.copy(factor, target + (long) Float.BYTES * pixel * count, (long) Float.BYTES * count);
    }
  }

  // Row h of what stage number `stage` makes, from what is kept of the rows of the one before.
  private void stage(int stage, int h, int count) {
    int n = width * count;
    int from = Math.max(0, h - pad);
    int taps = Math.min(height, h + pad + 1) - from;
    for (int t = 0; t < taps; t++) {
      values[t] = kept(stage - 1, from + t);
    }
    MaxPoolLoops.maximum(values, taps, n, row);
    UpdateLoops.scaleAndAdd(row, factorRows + rowBytes * (stage - 1), sum(h), n);
    if (stage < stages) {
      alongRow(row, count, stage, h);
    }
  }

  // Keeps the maxima along row h of what stage number `stage` made, of which 0 is the input.
  private void alongRow(long source, int count, int stage, int h) {
    long target = kept(stage, h);
    int inner = Math.max(0, width - 2 * pad);
    if (inner > 0) {
      maximum(source, 0, kernel, count, inner, target + (long) Float.BYTES * pad * count);
    }
    border(source, 0, Math.min(pad, width), count, target);
    border(source, pad + inner, width, count, target);
  }

  // Pixels [lo, hi), whose windows lie partly outside of the image.
  private void border(long source, int lo, int hi, int count, long target) {
    for (int pixel = lo; pixel < hi; pixel++) {
      int from = Math.max(0, pixel - pad);
      int taps = Math.min(width, pixel + pad + 1) - from;
      maximum(source, from, taps, count, 1, target + (long) Float.BYTES * pixel * count);
    }
  }

  // The maxima of `pixels` windows side by side, the first of which begins at pixel `from`.
  private void maximum(long source, int from, int taps, int count, int pixels, long target) {
    for (int t = 0; t < taps; t++) {
      values[t] = source + (long) Float.BYTES * (from + t) * count;
    }
    MaxPoolLoops.maximum(values, taps, pixels * count, target);
  }

  private long kept(int stage, int h) {
    return rings + rowBytes * (stage * kernel + h % kernel);
  }

  private long sum(int h) {
    return sums + rowBytes * (h % (stages * pad + 1));
  }

  private void read(long offset, int h, int count) {
    DType type = x.dtype();
    long bytes = (long) type.bytes() * count;
    long from = x.address() + type.bytes() * (offset + (long) h * width * channels);
    long target = type == DType.FLOAT32 ? sum(h) : row;
    CopyLoops.rows(from, (long) type.bytes() * channels, target, bytes, bytes, width);
    if (type != DType.FLOAT32) {
      CastLoops.widen(row, sum(h), width * count);
    }
  }

  private void write(long offset, int h, int count) {
    DType type = y.dtype();
    long bytes = (long) type.bytes() * count;
    long to = y.address() + type.bytes() * (offset + (long) h * width * channels);
    long source = sum(h);
    if (type != DType.FLOAT32) {
      CastLoops.narrow(source, row, width * count);
      source = row;
    }
    CopyLoops.rows(source, bytes, to, (long) type.bytes() * channels, bytes, width);
  }
}
