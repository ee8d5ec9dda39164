package io.auxgrad.mtl.render;

/** A shape in an item's frame. Faces are numbered from 0. */
sealed interface Solid permits Box, Ball, Cone, Shell {
  /** What {@link #hit} returns when there is nothing. */
  double MISS = Double.POSITIVE_INFINITY;

  /** Hits nearer than this belong to the surface that a ray starts from. */
  double NEAR = 1e-7;

  /**
   * The parameter t in ({@link #NEAR}, {@code limit}) at which {@code ray} enters, or {@link
   * #MISS}; sets {@code ray.face}.
   */
  double hit(Ray ray, double limit);

  /** Writes the unit normal at a point of {@code face}. */
  void normal(int face, double x, double y, double z, double[] normal);

  /** Writes the surface coordinates in metres, (u,v), of a point of {@code face}. */
  void coordinates(int face, double x, double y, double z, double[] uv);

  /** The smallest box around it. */
  Box bounds();
}
