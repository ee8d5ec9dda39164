package io.auxgrad.mtl.render;

/**
 * An upright, closed frustum about the axis (x,y) from z0 with radius r0 to z1 with radius r1; a
 * cylinder where the radii are equal. Faces: 0 mantle, 1 bottom, 2 top.
 */
record Cone(double x, double y, double z0, double z1, double r0, double r1) implements Solid {
  static Cone cylinder(double x, double y, double z0, double z1, double radius) {
    return new Cone(x, y, z0, z1, radius, radius);
  }

  @Override
  public double hit(Ray ray, double limit) {
    double best = mantle(ray, limit);
    int face = 0;
    double plane = ray.dz > 0 ? z0 : z1;
    double radius = ray.dz > 0 ? r0 : r1;
    double t = (plane - ray.oz) * ray.iz;
    if (t > NEAR && t < limit && t < best) {
      double px = ray.ox + t * ray.dx - x;
      double py = ray.oy + t * ray.dy - y;
      if (px * px + py * py < radius * radius) {
        best = t;
        face = ray.dz > 0 ? 1 : 2;
      }
    }
    if (best != MISS) {
      ray.face = face;
    }
    return best;
  }

  // Points at height z have the radius r0 + slope * (z - z0).
  private double mantle(Ray ray, double limit) {
    double slope = slope();
    double ox = ray.ox - x;
    double oy = ray.oy - y;
    double radius = r0 + slope * (ray.oz - z0);
    double growth = slope * ray.dz;
    double a = ray.dx * ray.dx + ray.dy * ray.dy - growth * growth;
    double b = ox * ray.dx + oy * ray.dy - radius * growth;
    double c = ox * ox + oy * oy - radius * radius;
    double discriminant = b * b - a * c;
    if (discriminant <= 0) {
      return MISS;
    }
    double root = Math.sqrt(discriminant);
    double near = (-b - root) / a;
    if (inside(ray, near, limit)) {
      return near;
    }
    // Steeper than the mantle, the first crossing may be with the mirror image of the cone.
    double far = (-b + root) / a;
    return a < 0 && inside(ray, far, limit) ? far : MISS;
  }

  private boolean inside(Ray ray, double t, double limit) {
    double z = ray.oz + t * ray.dz;
    return t > NEAR && t < limit && z > z0 && z < z1;
  }

  private double slope() {
    return (r1 - r0) / (z1 - z0);
  }

  @Override
  public void normal(int face, double px, double py, double pz, double[] normal) {
    double nx = face == 0 ? px - x : 0;
    double ny = face == 0 ? py - y : 0;
    double nz = face == 0 ? -slope() * Math.sqrt(nx * nx + ny * ny) : face == 1 ? -1 : 1;
    double scale = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz);
    normal[0] = nx * scale;
    normal[1] = ny * scale;
    normal[2] = nz * scale;
  }

  @Override
  public void coordinates(int face, double px, double py, double pz, double[] uv) {
    uv[0] = px - x + (face == 0 ? 0.7 * (py - y) : 0);
    uv[1] = face == 0 ? pz - z0 : py - y;
  }

  @Override
  public Box bounds() {
    double r = Math.max(r0, r1);
    return new Box(x - r, y - r, z0, x + r, y + r, z1);
  }
}
