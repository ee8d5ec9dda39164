package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** {@link ResizeLoops} on vectors of channels; the last vector of a pixel is masked. */
final class ResizeVectors {
  private ResizeVectors() {}

  /** Returns the first element that is left to do. */
  static int mixRows(long a, long b, float weight, long out, int n) {
    FloatVector w = broadcast(F, weight);
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector v = fromMemorySegment(F, ALL, a + 4L * i, ORDER);
      FloatVector u = fromMemorySegment(F, ALL, b + 4L * i, ORDER);
      u.sub(v).fma(w, v).intoMemorySegment(ALL, out + 4L * i, ORDER);
    }
    return end;
  }

  static void mixPixels(long row, int channels, int[] left, int[] right, float[] weight, long out) {
    int whole = channels - channels % COUNT;
    VectorMask<Float> tail = Lanes.first(channels - whole);
    for (int j = 0; j < left.length; j++) {
      long a = row + 4L * left[j] * channels;
      long b = row + 4L * right[j] * channels;
      long to = out + 4L * j * channels;
      FloatVector w = broadcast(F, weight[j]);
      for (int c = 0; c < whole; c += COUNT) {
        FloatVector v = fromMemorySegment(F, ALL, a + 4L * c, ORDER);
        FloatVector u = fromMemorySegment(F, ALL, b + 4L * c, ORDER);
        u.sub(v).fma(w, v).intoMemorySegment(ALL, to + 4L * c, ORDER);
      }
      if (whole < channels) {
        FloatVector v = fromMemorySegment(F, ALL, a + 4L * whole, ORDER, tail);
        FloatVector u = fromMemorySegment(F, ALL, b + 4L * whole, ORDER, tail);
        u.sub(v).fma(w, v).intoMemorySegment(ALL, to + 4L * whole, ORDER, tail);
      }
    }
  }

  static void pickPixels(long row, int channels, int[] left, long out) {
    int whole = channels - channels % COUNT;
    VectorMask<Float> tail = Lanes.first(channels - whole);
    for (int j = 0; j < left.length; j++) {
      long from = row + 4L * left[j] * channels;
      long to = out + 4L * j * channels;
      for (int c = 0; c < whole; c += COUNT) {
        fromMemorySegment(F, ALL, from + 4L * c, ORDER).intoMemorySegment(ALL, to + 4L * c, ORDER);
      }
      if (whole < channels) {
        fromMemorySegment(F, ALL, from + 4L * whole, ORDER, tail)
            .intoMemorySegment(ALL, to + 4L * whole, ORDER, tail);
      }
    }
  }

  /** Returns the first element that is left to do. */
  static int sumRows(long rows, int[] picks, float[] weights, int from, int to, long out, int n) {
    int end = n - n % COUNT;
    int k = from;
    if (to - from < 4) {
      UpdateVectors.fill(out, 0, end);
    }
    for (; k + 4 <= to; k += 4) {
      addFour(rows, picks, weights, k, k == from, out, n, end);
    }
    for (; k < to; k++) {
      addOne(rows + 4L * picks[k] * n, weights[k], out, end);
    }
    return end;
  }

  private static void addFour(
      long rows, int[] picks, float[] weights, int k, boolean first, long out, int n, int end) {
    long a = rows + 4L * picks[k] * n;
    long b = rows + 4L * picks[k + 1] * n;
    long c = rows + 4L * picks[k + 2] * n;
    long d = rows + 4L * picks[k + 3] * n;
    FloatVector u = broadcast(F, weights[k]);
    FloatVector v = broadcast(F, weights[k + 1]);
    FloatVector w = broadcast(F, weights[k + 2]);
    FloatVector x = broadcast(F, weights[k + 3]);
    for (int i = 0; i < end; i += COUNT) {
      FloatVector sum = fromMemorySegment(F, ALL, a + 4L * i, ORDER).mul(u);
      sum = fromMemorySegment(F, ALL, b + 4L * i, ORDER).fma(v, sum);
      sum = fromMemorySegment(F, ALL, c + 4L * i, ORDER).fma(w, sum);
      sum = fromMemorySegment(F, ALL, d + 4L * i, ORDER).fma(x, sum);
      if (!first) {
        sum = sum.add(fromMemorySegment(F, ALL, out + 4L * i, ORDER));
      }
      sum.intoMemorySegment(ALL, out + 4L * i, ORDER);
    }
  }

  private static void addOne(long row, float weight, long out, int end) {
    FloatVector w = broadcast(F, weight);
    for (int i = 0; i < end; i += COUNT) {
      FloatVector sum = fromMemorySegment(F, ALL, out + 4L * i, ORDER);
      fromMemorySegment(F, ALL, row + 4L * i, ORDER)
          .fma(w, sum)
          .intoMemorySegment(ALL, out + 4L * i, ORDER);
    }
  }

  /** For few channels: a loop over the outputs of each vector. */
  static void sumPixels(
      long row, int channels, int[] starts, int[] pixels, float[] weights, long out) {
    int whole = channels - channels % COUNT;
    VectorMask<Float> tail = Lanes.first(channels - whole);
    for (int j = 0; j + 1 < starts.length; j++) {
      long to = out + 4L * j * channels;
      for (int c = 0; c < whole; c += COUNT) {
        FloatVector sum = broadcast(F, 0f);
        for (int k = starts[j]; k < starts[j + 1]; k++) {
          long from = row + 4L * pixels[k] * channels;
          sum = fromMemorySegment(F, ALL, from + 4L * c, ORDER).fma(broadcast(F, weights[k]), sum);
        }
        sum.intoMemorySegment(ALL, to + 4L * c, ORDER);
      }
      if (whole < channels) {
        FloatVector sum = broadcast(F, 0f);
        for (int k = starts[j]; k < starts[j + 1]; k++) {
          long from = row + 4L * pixels[k] * channels;
          sum =
              fromMemorySegment(F, ALL, from + 4L * whole, ORDER, tail)
                  .fma(broadcast(F, weights[k]), sum);
        }
        sum.intoMemorySegment(ALL, to + 4L * whole, ORDER, tail);
      }
    }
  }
}
