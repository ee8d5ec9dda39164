package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;

/**
 * What each pixel of an image adds to each tap of a convolution of stride 1 and one group: {@code
 * taps [N*H*W, O*KH*KW]}, which are summed into {@code y [N,OH,OW,O]}, or filled from its gradient.
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

  /** {@code [N*H*W, O*KH*KW]}, as {@link #sum} reads it. */
  Shape shape() {
    return Shape.of(n * h * w, outputs * kernelH * kernelW);
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
   * Writes rows {@code [lo, hi)} of {@code y = activation(sum of taps + bias)}; {@code bias} may be
   * 0 for none. Taps are added in the order of the kernel.
   */
  void sum(long taps, long bias, Activation activation, long y, int lo, int hi) {
    float[] line = new float[outW];
    for (int row = lo; row < hi; row++) {
      for (int o = 0; o < outputs; o++) {
        java.util.Arrays.fill(line, bias == 0 ? 0 : Native.getFloat(bias, o));
        sumLine(taps, row / outH, row % outH, o, line);
        put(line, activation, y, row, o);
      }
    }
  }

  private void sumLine(long taps, int image, int i, int o, float[] line) {
    int columns = outputs * kernelH * kernelW;
    for (int a = 0; a < kernelH; a++) {
      int from = i - spec.padH() + a * spec.dilationH();
      if (from < 0 || from >= h) {
        continue;
      }
      for (int b = 0; b < kernelW; b++) {
        int shift = b * spec.dilationW() - spec.padW();
        int last = Math.min(outW, w - shift);
        long base = taps + 4L * ((o * kernelH + a) * kernelW + b);
        long pixel = ((long) image * h + from) * w + shift;
        for (int j = Math.max(0, -shift); j < last; j++) {
          line[j] += Native.getFloat(base, (pixel + j) * columns);
        }
      }
    }
  }

  private void put(float[] line, Activation activation, long y, int row, int o) {
    float low = activation == Activation.IDENTITY ? Float.NEGATIVE_INFINITY : 0;
    float high = activation == Activation.RELU6 ? 6 : Float.POSITIVE_INFINITY;
    for (int j = 0; j < outW; j++) {
      float value = Math.min(high, Math.max(low, line[j]));
      Native.putFloat(y, ((long) row * outW + j) * outputs + o, value);
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
