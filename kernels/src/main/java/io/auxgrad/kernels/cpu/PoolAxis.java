package io.auxgrad.kernels.cpu;

import io.auxgrad.tensor.ops.Pool2dSpec;

/**
 * Average pooling along one axis as weighted sums: element {@code i} of the result is the sum over
 * {@code k} in {@code [starts[i], starts[i+1])} of {@code weights[k]} times element {@code
 * picks[k]}.
 */
record PoolAxis(int[] starts, int[] picks, float[] weights) {
  /** The means of the windows over an axis of {@code in} elements. */
  static PoolAxis forward(Pool2dSpec spec, int in, int out) {
    return of(out, in, (o, i) -> weight(spec, in, o, i));
  }

  /** The gradient of {@link #forward}. */
  static PoolAxis backward(Pool2dSpec spec, int in, int out) {
    return of(in, out, (i, o) -> weight(spec, in, o, i));
  }

  private interface Weight {
    float of(int result, int pick);
  }

  private static PoolAxis of(int results, int candidates, Weight weight) {
    int[] starts = new int[results + 1];
    int[] picks = new int[results * candidates];
    float[] weights = new float[results * candidates];
    int n = 0;
    for (int r = 0; r < results; r++) {
      for (int c = 0; c < candidates; c++) {
        float w = weight.of(r, c);
        if (w != 0) {
          picks[n] = c;
          weights[n++] = w;
        }
      }
      starts[r + 1] = n;
    }
    return new PoolAxis(
        starts, java.util.Arrays.copyOf(picks, n), java.util.Arrays.copyOf(weights, n));
  }

  // One over the window's elements inside the image, or 0 where input i is not in output o's
  // window.
  private static float weight(Pool2dSpec spec, int in, int o, int i) {
    int from = o * spec.stride() - spec.pad();
    int to = from + spec.kernel();
    return i < from || i >= to ? 0 : 1f / (Math.min(to, in) - Math.max(from, 0));
  }
}
