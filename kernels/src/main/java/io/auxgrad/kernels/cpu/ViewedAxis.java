package io.auxgrad.kernels.cpu;

/**
 * Where the output pixels of one axis of an image's view come from.
 *
 * @param nearest the source pixel that holds the centre, -1 where that is outside of the source
 * @param low the first of the two source pixels to interpolate between
 * @param high the second one
 * @param weight the share of the second one
 */
record ViewedAxis(int[] nearest, int[] low, int[] high, float[] weight) {
  /**
   * Of {@code in} source pixels to {@code out}, as {@link io.auxgrad.tensor.ops.ImageView} says.
   */
  static ViewedAxis of(int in, int out, float scale, float start, boolean flip) {
    ViewedAxis axis = new ViewedAxis(new int[out], new int[out], new int[out], new float[out]);
    for (int x = 0; x < out; x++) {
      float centre = start + (flip ? out - x - 0.5f : x + 0.5f) / scale;
      if (centre >= 0 && centre < in) {
        int left = (int) Math.floor(centre - 0.5f);
        axis.nearest[x] = (int) centre;
        axis.low[x] = Math.max(left, 0);
        axis.high[x] = Math.min(left + 1, in - 1);
        axis.weight[x] = centre - 0.5f - left;
      } else {
        axis.nearest[x] = -1;
      }
    }
    return axis;
  }
}
