package io.auxgrad.mtl.predict;

/**
 * The depths that a colour scale covers.
 *
 * @param near in metres, shown bright
 * @param far in metres, shown dark
 */
public record DepthRange(float near, float far) {
  /** From the smallest to the largest valid depth of {@code maps}; 0..1 if there is none. */
  public static DepthRange of(float[]... maps) {
    float near = Float.POSITIVE_INFINITY;
    float far = 0;
    for (float[] map : maps) {
      for (float depth : map) {
        if (depth > 0 && depth < Float.POSITIVE_INFINITY) {
          near = Math.min(near, depth);
          far = Math.max(far, depth);
        }
      }
    }
    return far > 0 ? new DepthRange(near, far) : new DepthRange(0, 1);
  }

  /** The colour of a depth; black where it is invalid. */
  int colour(float depth) {
    if (!(depth > 0)) {
      return ClassColours.IGNORED;
    }
    return Viridis.colour(1 - (depth - near) / Math.max(1e-6, far - near));
  }
}
