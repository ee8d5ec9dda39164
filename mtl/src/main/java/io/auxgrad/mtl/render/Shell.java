package io.auxgrad.mtl.render;

/**
 * The inside of a room that reaches from the origin to (width, depth, height). Faces as those of a
 * {@link Box}; normals point inwards.
 */
record Shell(double width, double depth, double height) implements Solid {
  static final int FLOOR = 4;
  static final int CEILING = 5;

  @Override
  public double hit(Ray ray, double limit) {
    double tx = exit(ray.ox, ray.dx, ray.ix, width);
    double ty = exit(ray.oy, ray.dy, ray.iy, depth);
    double tz = exit(ray.oz, ray.dz, ray.iz, height);
    double t = tx;
    int face = ray.dx > 0 ? 1 : 0;
    if (ty < t) {
      t = ty;
      face = ray.dy > 0 ? 3 : 2;
    }
    if (tz < t) {
      t = tz;
      face = ray.dz > 0 ? 5 : 4;
    }
    if (!(t > NEAR && t < limit)) {
      return MISS;
    }
    ray.face = face;
    return t;
  }

  private static double exit(double origin, double direction, double reciprocal, double extent) {
    return direction == 0 ? MISS : ((direction > 0 ? extent : 0) - origin) * reciprocal;
  }

  @Override
  public void normal(int face, double x, double y, double z, double[] normal) {
    normal[0] = 0;
    normal[1] = 0;
    normal[2] = 0;
    normal[face >> 1] = (face & 1) == 0 ? 1 : -1;
  }

  @Override
  public void coordinates(int face, double x, double y, double z, double[] uv) {
    uv[0] = face < 2 ? y : x;
    uv[1] = face < 4 ? z : y;
  }

  @Override
  public Box bounds() {
    return new Box(0, 0, 0, width, depth, height);
  }
}
