package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.ResizeLoops;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.ResizeOps.Mode;
import java.util.Arrays;

/**
 * Rows of a resized image, one after the other, for one worker. An input row is brought to the
 * width of the output, and what neighbouring rows of the output have in common is kept: where an
 * image grows, most rows are but a mixture of two that are there.
 */
final class ResizedRows {
  private final Tensor x;
  private final Mode mode;
  private final ResizeAxis vertical;
  private final ResizeAxis horizontal;
  private final int channels;
  private final int length;
  private final long scratch;

  /** The numbers of the input rows that are kept: an even one and an odd one. */
  private final long[] kept = new long[2];

  /** {@code scratch} has room for {@link #scratchFloats} floats. */
  ResizedRows(Tensor x, Mode mode, ResizeAxis vertical, ResizeAxis horizontal, long scratch) {
    this.x = x;
    this.mode = mode;
    this.vertical = vertical;
    this.horizontal = horizontal;
    this.scratch = scratch;
    channels = x.shape().dim(3);
    length = horizontal.out() * channels;
    Arrays.fill(kept, -1);
  }

  /** Floats of scratch for a worker. */
  static long scratchFloats(Tensor x, ResizeAxis horizontal) {
    long input = (long) horizontal.in() * x.shape().dim(3);
    return 2L * horizontal.out() * x.shape().dim(3) + (x.dtype() == DType.FLOAT32 ? 0 : input);
  }

  /** Writes row {@code row} of all {@code [N,H]}, as float32. */
  void write(long row, long target) {
    int o = (int) (row % vertical.out());
    long image = row / vertical.out() * vertical.in();
    long top = wide(image + vertical.left()[o]);
    float weight = vertical.weight()[o];
    if (weight == 0) {
      Native.copy(top, target, (long) Float.BYTES * length);
    } else {
      ResizeLoops.mixRows(top, wide(image + vertical.right()[o]), weight, target, length);
    }
  }

  // Rows that are mixed are neighbours.
  private long wide(long row) {
    int place = (int) (row % 2);
    long at = scratch + (long) Float.BYTES * place * length;
    if (kept[place] != row) {
      alongRow(input(row), channels, mode, horizontal, at);
      kept[place] = row;
    }
    return at;
  }

  /** Brings a row of float32 pixels to another width. */
  static void alongRow(long from, int channels, Mode mode, ResizeAxis axis, long to) {
    if (mode == Mode.NEAREST) {
      ResizeLoops.pickPixels(from, channels, axis.left(), to);
    } else {
      ResizeLoops.mixPixels(from, channels, axis.left(), axis.right(), axis.weight(), to);
    }
  }

  private long input(long row) {
    int n = horizontal.in() * channels;
    return CpuResize.floats(x, row * n, n, scratch + 2L * Float.BYTES * length);
  }
}
