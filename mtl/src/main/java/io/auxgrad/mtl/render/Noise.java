package io.auxgrad.mtl.render;

/** Random fields over the plane that are a function of place and seed. */
final class Noise {
  private Noise() {}

  /** Uniform in [0,1) for each grid point. */
  static double at(int x, int y, int seed) {
    int h = x * 0x27D4EB2D ^ y * 0x165667B1 ^ seed * 0x9E3779B1;
    h = (h ^ h >>> 15) * 0x85EBCA6B;
    h = (h ^ h >>> 13) * 0xC2B2AE35;
    h ^= h >>> 16;
    return (h >>> 8) * 0x1p-24;
  }

  /** Smooth between the grid points, in [0,1). */
  static double smooth(double x, double y, int seed) {
    double fx = Math.floor(x);
    double fy = Math.floor(y);
    int ix = (int) fx;
    int iy = (int) fy;
    double u = ease(x - fx);
    double v = ease(y - fy);
    double top = at(ix, iy, seed) + u * (at(ix + 1, iy, seed) - at(ix, iy, seed));
    double bottom = at(ix, iy + 1, seed) + u * (at(ix + 1, iy + 1, seed) - at(ix, iy + 1, seed));
    return top + v * (bottom - top);
  }

  private static double ease(double t) {
    return t * t * (3 - 2 * t);
  }
}
