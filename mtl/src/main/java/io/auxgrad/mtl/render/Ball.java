package io.auxgrad.mtl.render;

/** An ellipsoid along the axes with centre (x,y,z) and half axes (rx,ry,rz). One face. */
record Ball(double x, double y, double z, double rx, double ry, double rz) implements Solid {
  @Override
  public double hit(Ray ray, double limit) {
    double ox = (ray.ox - x) / rx;
    double oy = (ray.oy - y) / ry;
    double oz = (ray.oz - z) / rz;
    double dx = ray.dx / rx;
    double dy = ray.dy / ry;
    double dz = ray.dz / rz;
    double a = dx * dx + dy * dy + dz * dz;
    double b = ox * dx + oy * dy + oz * dz;
    double c = ox * ox + oy * oy + oz * oz - 1;
    double discriminant = b * b - a * c;
    if (discriminant <= 0) {
      return MISS;
    }
    double t = (-b - Math.sqrt(discriminant)) / a;
    if (!(t > NEAR && t < limit)) {
      return MISS;
    }
    ray.face = 0;
    return t;
  }

  @Override
  public void normal(int face, double px, double py, double pz, double[] normal) {
    double nx = (px - x) / (rx * rx);
    double ny = (py - y) / (ry * ry);
    double nz = (pz - z) / (rz * rz);
    double scale = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz);
    normal[0] = nx * scale;
    normal[1] = ny * scale;
    normal[2] = nz * scale;
  }

  @Override
  public void coordinates(int face, double px, double py, double pz, double[] uv) {
    uv[0] = px - x + 0.7 * (py - y);
    uv[1] = pz - z;
  }

  @Override
  public Box bounds() {
    return new Box(x - rx, y - ry, z - rz, x + rx, y + ry, z + rz);
  }
}
