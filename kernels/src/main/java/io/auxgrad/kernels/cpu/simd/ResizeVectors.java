package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.broadcast;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** {@link ResizeLoops} on vectors of channels; the last vector of a pixel is masked. */
final class ResizeVectors {
  private ResizeVectors() {}

  /** Returns the first element that is left to do. */
  static int mixRows(long a, long b, float weight, long out, int n) {
    FloatVector w = broadcast(weight);
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      store(mix(load(a, i), load(b, i), w), out, i);
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
      FloatVector w = broadcast(weight[j]);
      for (int c = 0; c < whole; c += COUNT) {
        store(mix(load(a, c), load(b, c), w), to, c);
      }
      if (whole < channels) {
        store(mix(load(a, whole, tail), load(b, whole, tail), w), to, whole, tail);
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
        store(load(from, c), to, c);
      }
      if (whole < channels) {
        store(load(from, whole, tail), to, whole, tail);
      }
    }
  }

  private static FloatVector mix(FloatVector a, FloatVector b, FloatVector weight) {
    return b.sub(a).fma(weight, a);
  }

  /** Returns the first element that is left to do. */
  static int sumRows(long rows, int[] picks, float[] weights, int from, int to, long out, int n) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector sum = broadcast(0f);
      for (int k = from; k < to; k++) {
        sum = load(rows + 4L * picks[k] * n, i).fma(broadcast(weights[k]), sum);
      }
      store(sum, out, i);
    }
    return end;
  }

  static void sumPixels(
      long row, int channels, int[] starts, int[] pixels, float[] weights, long out) {
    int whole = channels - channels % COUNT;
    VectorMask<Float> tail = Lanes.first(channels - whole);
    for (int j = 0; j + 1 < starts.length; j++) {
      long to = out + 4L * j * channels;
      for (int c = 0; c < whole; c += COUNT) {
        FloatVector sum = broadcast(0f);
        for (int k = starts[j]; k < starts[j + 1]; k++) {
          long from = row + 4L * pixels[k] * channels;
          sum = load(from, c).fma(broadcast(weights[k]), sum);
        }
        store(sum, to, c);
      }
      if (whole < channels) {
        FloatVector sum = broadcast(0f);
        for (int k = starts[j]; k < starts[j + 1]; k++) {
          long from = row + 4L * pixels[k] * channels;
          sum = load(from, whole, tail).fma(broadcast(weights[k]), sum);
        }
        store(sum, to, whole, tail);
      }
    }
  }
}
