package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.WindowLoops;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Pool2dSpec;

/**
 * Max pooling over windows of 5x5 without positions for one worker, and a sum with the input where
 * it is asked for: strips of channels go down an image, so narrow that the rows of a window stay in
 * the first cache until it has passed.
 */
final class MaxPoolStrips {
  private static final int PAD = WindowLoops.KERNEL / 2;

  /** Two rows of output are made of so many. */
  private static final int ROWS = WindowLoops.KERNEL + 1;

  /** The first cache of a core. */
  private static final int CACHED_BYTES = 32 << 10;

  // Measured: wider strips gain nothing more in small images.
  private static final int MOST_CHANNELS = 64;
  private static final int LEAST_CHANNELS = 16;

  private final Tensor x;
  private final Tensor addend;
  private final Tensor y;
  private final Tensor sum;
  private final int height;
  private final int width;
  private final int channels;
  private final int strip;
  private final int perImage;
  private final long ring;
  private final long[] rows = new long[ROWS];

  /**
   * {@code addend} and {@code sum} may be null; {@code scratch} has {@link #scratchBytes} bytes.
   */
  MaxPoolStrips(Tensor x, Tensor addend, Tensor y, Tensor sum, long scratch) {
    this.x = x;
    this.addend = addend;
    this.y = y;
    this.sum = sum;
    height = x.shape().dim(1);
    width = x.shape().dim(2);
    channels = x.shape().dim(3);
    strip = strip(x.shape());
    perImage = Math.ceilDiv(channels, strip);
    ring = scratch;
  }

  static boolean suits(Tensor x, Pool2dSpec spec) {
    return x.dtype() == DType.FLOAT32
        && spec.kernel() == WindowLoops.KERNEL
        && spec.stride() == 1
        && spec.pad() == PAD
        && WindowLoops.suit(x.shape().dim(2), x.shape().dim(3));
  }

  /** Parts that the work falls into: a strip of an image each. */
  static long parts(Shape x) {
    return (long) x.dim(0) * Math.ceilDiv(x.dim(3), strip(x));
  }

  /** Bytes of scratch for a worker. */
  static long scratchBytes(Shape x) {
    return pixelBytes(strip(x)) * x.dim(2) * ROWS;
  }

  private static int strip(Shape x) {
    long fitting = CACHED_BYTES / (pixelBytes(1) * x.dim(2) * ROWS);
    int channels = Math.clamp(fitting, LEAST_CHANNELS, MOST_CHANNELS);
    return Math.min(Integer.highestOneBit(channels), x.dim(3));
  }

  private static long pixelBytes(int channels) {
    return (long) Float.BYTES * channels;
  }

  /** Does parts {@code [lo, hi)}. Returns false if a number was not finite. */
  boolean run(long lo, long hi) {
    float found = 0;
    for (long part = lo; part < hi; part++) {
      int first = (int) (part % perImage) * strip;
      long image = part / perImage * height * width * channels;
      found += down(pixelBytes(1) * (image + first), Math.min(strip, channels - first));
    }
    return found == 0;
  }

  // The strip of `count` channels that begins `start` bytes behind the tensors' first.
  private float down(long start, int count) {
    long stride = pixelBytes(channels);
    float found = 0;
    for (int h = 0; h < height + PAD; h += 2) {
      if (h < height) {
        found += along(start, h, count);
      }
      int out = h - PAD;
      if (out >= 0) {
        for (int t = 0; t < ROWS; t++) {
          rows[t] = kept(Math.clamp(out - PAD + t, 0, height - 1), count);
        }
        long to = y.address() + start + out * stride * width;
        long next = out + 1 < height ? to + stride * width : to;
        WindowLoops.across(rows, to, next, stride, width, count);
      }
    }
    return found;
  }

  // Rows h and h + 1, if there is one.
  private float along(long start, int h, int count) {
    long row = pixelBytes(channels) * width;
    long at = start + h * row;
    boolean two = h + 1 < height;
    return WindowLoops.along(
        x.address() + at,
        two ? row : 0,
        addend == null ? 0 : addend.address() + at,
        addend == null ? 0 : sum.address() + at,
        pixelBytes(channels),
        kept(h, count),
        kept(two ? h + 1 : h, count),
        width,
        count);
  }

  private long kept(int h, int count) {
    return ring + pixelBytes(count) * width * (h % ROWS);
  }
}
