package io.auxgrad.kernels.cpu;

import io.auxgrad.tensor.ops.ResizeOps.Mode;

/**
 * How one axis is resized, in both directions.
 *
 * @param left for each output, the first input it is mixed from
 * @param right for each output, the second one
 * @param weight for each output, the share of the second one
 * @param starts for each input, where its outputs begin in the next two; one more at the end
 * @param outputs the outputs that an input takes part in
 * @param shares its share in each
 */
record ResizeAxis(
    int[] left, int[] right, float[] weight, int[] starts, int[] outputs, float[] shares) {
  static ResizeAxis of(int in, int out, Mode mode) {
    int[] left = new int[out];
    int[] right = new int[out];
    float[] weight = new float[out];
    for (int o = 0; o < out; o++) {
      if (mode == Mode.NEAREST) {
        left[o] = (int) ((long) o * in / out);
        right[o] = left[o];
      } else {
        double centre = Math.max(0, (o + 0.5) * in / out - 0.5);
        left[o] = Math.min((int) centre, in - 1);
        right[o] = Math.min(left[o] + 1, in - 1);
        weight[o] = right[o] == left[o] ? 0 : (float) (centre - left[o]);
      }
    }
    return transposed(in, left, right, weight);
  }

  private static ResizeAxis transposed(int in, int[] left, int[] right, float[] weight) {
    int[] starts = new int[in + 1];
    for (int o = 0; o < left.length; o++) {
      starts[left[o] + 1]++;
      if (weight[o] != 0) {
        starts[right[o] + 1]++;
      }
    }
    for (int i = 0; i < in; i++) {
      starts[i + 1] += starts[i];
    }
    int[] outputs = new int[starts[in]];
    float[] shares = new float[starts[in]];
    int[] next = starts.clone();
    for (int o = 0; o < left.length; o++) {
      outputs[next[left[o]]] = o;
      shares[next[left[o]]++] = 1 - weight[o];
      if (weight[o] != 0) {
        outputs[next[right[o]]] = o;
        shares[next[right[o]]++] = weight[o];
      }
    }
    return new ResizeAxis(left, right, weight, starts, outputs, shares);
  }

  /** The most outputs that one input takes part in. */
  int mostOutputs() {
    int most = 0;
    for (int i = 0; i < in(); i++) {
      most = Math.max(most, starts[i + 1] - starts[i]);
    }
    return most;
  }

  int in() {
    return starts.length - 1;
  }

  int out() {
    return left.length;
  }
}
