package io.auxgrad.mtl.render;

/** A half line from an origin, in the world's or an item's frame; reused for many directions. */
final class Ray {
  double ox;
  double oy;
  double oz;
  double dx;
  double dy;
  double dz;

  /** Reciprocals of the direction. */
  double ix;

  double iy;
  double iz;

  /** The face that the last successful {@link Solid#hit} found. */
  int face;

  Ray from(double x, double y, double z) {
    ox = x;
    oy = y;
    oz = z;
    return this;
  }

  Ray towards(double x, double y, double z) {
    dx = x;
    dy = y;
    dz = z;
    ix = 1 / x;
    iy = 1 / y;
    iz = 1 / z;
    return this;
  }
}
