package io.auxgrad.mtl.render;

/** A box along the axes. Faces: 0 and 1 at low and high x, 2 and 3 at y, 4 and 5 at z. */
record Box(double x0, double y0, double z0, double x1, double y1, double z1) implements Solid {
  /** From the middle of the lower side, with extents. */
  static Box standing(double x, double y, double z, double width, double depth, double height) {
    return new Box(x - width / 2, y - depth / 2, z, x + width / 2, y + depth / 2, z + height);
  }

  @Override
  public double hit(Ray ray, double limit) {
    double ax = (x0 - ray.ox) * ray.ix;
    double bx = (x1 - ray.ox) * ray.ix;
    double ay = (y0 - ray.oy) * ray.iy;
    double by = (y1 - ray.oy) * ray.iy;
    double az = (z0 - ray.oz) * ray.iz;
    double bz = (z1 - ray.oz) * ray.iz;
    double nearX = ax < bx ? ax : bx;
    double nearY = ay < by ? ay : by;
    double nearZ = az < bz ? az : bz;
    double nearest = nearX > nearY ? nearX : nearY;
    nearest = nearest > nearZ ? nearest : nearZ;
    double farX = ax < bx ? bx : ax;
    double farY = ay < by ? by : ay;
    double farZ = az < bz ? bz : az;
    double farthest = farX < farY ? farX : farY;
    farthest = farthest < farZ ? farthest : farZ;
    if (!(nearest <= farthest && nearest > NEAR && nearest < limit)) {
      return MISS;
    }
    if (nearest == nearX) {
      ray.face = ray.dx > 0 ? 0 : 1;
    } else if (nearest == nearY) {
      ray.face = ray.dy > 0 ? 2 : 3;
    } else {
      ray.face = ray.dz > 0 ? 4 : 5;
    }
    return nearest;
  }

  /** Whether the ray passes through, or starts within, before {@code limit}. */
  boolean reached(Ray ray, double limit) {
    double ax = (x0 - ray.ox) * ray.ix;
    double bx = (x1 - ray.ox) * ray.ix;
    double ay = (y0 - ray.oy) * ray.iy;
    double by = (y1 - ray.oy) * ray.iy;
    double az = (z0 - ray.oz) * ray.iz;
    double bz = (z1 - ray.oz) * ray.iz;
    double nearest = ax < bx ? ax : bx;
    double nearY = ay < by ? ay : by;
    double nearZ = az < bz ? az : bz;
    nearest = nearest > nearY ? nearest : nearY;
    nearest = nearest > nearZ ? nearest : nearZ;
    double farthest = ax < bx ? bx : ax;
    double farY = ay < by ? by : ay;
    double farZ = az < bz ? bz : az;
    farthest = farthest < farY ? farthest : farY;
    farthest = farthest < farZ ? farthest : farZ;
    return nearest <= farthest && farthest > 0 && nearest < limit;
  }

  @Override
  public void normal(int face, double x, double y, double z, double[] normal) {
    normal[0] = 0;
    normal[1] = 0;
    normal[2] = 0;
    normal[face >> 1] = (face & 1) == 0 ? -1 : 1;
  }

  @Override
  public void coordinates(int face, double x, double y, double z, double[] uv) {
    uv[0] = face < 2 ? y - y0 : x - x0;
    uv[1] = face < 4 ? z - z0 : y - y0;
  }

  @Override
  public Box bounds() {
    return this;
  }

  Box union(Box other) {
    return new Box(
        Math.min(x0, other.x0),
        Math.min(y0, other.y0),
        Math.min(z0, other.z0),
        Math.max(x1, other.x1),
        Math.max(y1, other.y1),
        Math.max(z1, other.z1));
  }
}
