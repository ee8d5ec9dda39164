package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.TapLoops;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;

/**
 * What each pixel of an image adds to each tap of a convolution of stride 1 and one group: {@code
 * taps [N*H*W, KH*KW*O]}, which are summed into {@code y [N,OH,OW,O]}, or filled from its gradient.
 */
final class ShiftedTaps {
  private final int n;
  private final int h;
  private final int w;
  private final int outH;
  private final int outW;
  private final int outputs;
  private final int kernelH;
  private final int kernelW;
  private final Conv2dSpec spec;

  ShiftedTaps(Shape x, Shape weight, Conv2dSpec spec) {
    this.spec = spec;
    n = x.dim(0);
    h = x.dim(1);
    w = x.dim(2);
    Shape y = spec.outputShape(x, weight);
    outH = y.dim(1);
    outW = y.dim(2);
    outputs = weight.dim(0);
    kernelH = weight.dim(1);
    kernelW = weight.dim(2);
  }

  /** {@code [N*H*W, KH*KW*O]}, as {@link #sum} reads it. */
  Shape shape() {
    return Shape.of(n * h * w, kernelH * kernelW * outputs);
  }

  /** {@code [O*KH*KW, N*H*W]}, as {@link #fill} writes it. */
  Shape transposed() {
    return Shape.of(outputs * kernelH * kernelW, n * h * w);
  }

  /** Rows of the input. */
  int inputRows() {
    return n * h;
  }

  /** Rows of the output. */
  int outputRows() {
    return n * outH;
  }

  /**
   * Writes the weights {@code [O,KH,KW,C]}, {@code bytes} bytes of each tap, in the order of {@link
   * #shape}: the outputs of a tap side by side.
   */
  void order(long weights, long bytes, long ordered) {
    int taps = kernelH * kernelW;
    for (int o = 0; o < outputs; o++) {
      for (int tap = 0; tap < taps; tap++) {
        Native.copy(
            weights + bytes * (o * taps + tap), ordered + bytes * (tap * outputs + o), bytes);
      }
    }
  }

  /** Bytes of scratch that a worker needs for {@link #sum}. */
  long scratchBytes() {
    return biasBytes() + rowBytes() + TapLoops.MARGIN_BYTES;
  }

  private long biasBytes() {
    return Math.ceilDiv(4L * outputs, 64) * 64 + TapLoops.MARGIN_BYTES;
  }

  private long rowBytes() {
    return 4L * outW * outputs;
  }

  /**
   * Writes rows {@code [lo, hi)} of {@code y = activation(sum of taps + bias)}; {@code bias} may be
   * 0 for none. Taps are added in the order of the kernel. Behind them is a margin as {@link
   * TapLoops} wants it.
   */
  void sum(long taps, long bias, Activation activation, long y, int lo, int hi, long scratch) {
    Native.clear(scratch, biasBytes());
    if (bias != 0) {
      Native.copy(bias, scratch, 4L * outputs);
    }
    long line = scratch + biasBytes();
    long[] places = new long[kernelH * kernelW];
    for (int row = lo; row < hi; row++) {
      sumLine(taps, row, places, scratch, line);
      activate(line, activation);
      Native.copy(line, y + rowBytes() * row, rowBytes());
    }
  }

  private void sumLine(long taps, int row, long[] places, long bias, long line) {
    int j = 0;
    while (j < outW) {
      int end = j + 1;
      while (end < outW && first(end) == first(j) && end(end) == end(j)) {
        end++;
      }
      int count = find(taps, row, j, places);
      TapLoops.sum(places, count, bias, pixelBytes(), end - j, outputs, line + 4L * j * outputs);
      j = end;
    }
  }

  /** The first column of the kernel that is inside of the image at output column {@code j}. */
  private int first(int j) {
    return Math.clamp(Math.ceilDiv(spec.padW() - j, spec.dilationW()), 0, kernelW);
  }

  /** The column behind the last one. */
  private int end(int j) {
    return Math.clamp(Math.ceilDiv(w + spec.padW() - j, spec.dilationW()), 0, kernelW);
  }

  /** The places of the taps of output column {@code j} of a row; returns how many there are. */
  private int find(long taps, int row, int j, long[] places) {
    long image = (long) (row / outH) * h;
    int count = 0;
    for (int a = 0; a < kernelH; a++) {
      int from = row % outH - spec.padH() + a * spec.dilationH();
      if (from < 0 || from >= h) {
        continue;
      }
      for (int b = first(j); b < end(j); b++) {
        long pixel = (image + from) * w + (j - spec.padW() + b * spec.dilationW());
        places[count++] = taps + pixelBytes() * pixel + 4L * outputs * (a * kernelW + b);
      }
    }
    return count;
  }

  private long pixelBytes() {
    return 4L * kernelH * kernelW * outputs;
  }

  private void activate(long line, Activation activation) {
    if (activation == Activation.IDENTITY) {
      return;
    }
    float high = activation == Activation.RELU6 ? 6 : Float.POSITIVE_INFINITY;
    for (int k = 0; k < outW * outputs; k++) {
      Native.putFloat(line, k, Math.min(high, Math.max(0, Native.getFloat(line, k))));
    }
  }

  /**
   * Fills input rows {@code [lo, hi)} of the taps, here as {@code [O*KH*KW, N*H*W]}, with the
   * gradient {@code dy} of what they were added to.
   */
  void fill(long taps, long dy, int lo, int hi) {
    int columns = outputs * kernelH * kernelW;
    for (int column = 0; column < columns; column++) {
      int o = column / kernelW / kernelH;
      int a = column / kernelW % kernelH;
      int b = column % kernelW;
      for (int row = lo; row < hi; row++) {
        int to = row % h + spec.padH() - a * spec.dilationH();
        long line = 4L * (((long) row / h * outH + to) * outW * outputs + o);
        long base = taps + 4L * (((long) column * n * h + row) * w);
        fillLine(base, to < 0 || to >= outH ? 0 : dy + line, shift(b));
      }
    }
  }

  private int shift(int b) {
    return spec.padW() - b * spec.dilationW();
  }

  private void fillLine(long taps, long lineOrNone, int shift) {
    int first = lineOrNone == 0 ? w : Math.clamp(-shift, 0, w);
    int last = lineOrNone == 0 ? w : Math.clamp(outW - shift, first, w);
    Native.clear(taps, 4L * first);
    for (int j = first; j < last; j++) {
      Native.putFloat(taps, j, Native.getFloat(lineOrNone, (long) (j + shift) * outputs));
    }
    Native.clear(taps + 4L * last, 4L * (w - last));
  }

  /** Writes {@code dbias}, the sums of {@code dy} over the pixels. */
  void sumBias(long dy, long dbias) {
    double[] sums = new double[outputs];
    long pixels = (long) n * outH * outW;
    for (long pixel = 0; pixel < pixels; pixel++) {
      for (int o = 0; o < outputs; o++) {
        sums[o] += Native.getFloat(dy, pixel * outputs + o);
      }
    }
    for (int o = 0; o < outputs; o++) {
      Native.putFloat(dbias, o, (float) sums[o]);
    }
  }
}
