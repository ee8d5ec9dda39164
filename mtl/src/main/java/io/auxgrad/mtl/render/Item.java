package io.auxgrad.mtl.render;

import java.util.List;

/**
 * Some parts that stand together in the room: turned about the vertical axis and moved to a place.
 */
final class Item {
  final Part[] parts;
  final Box bounds;
  private final Solid[] solids;
  private final double x;
  private final double y;
  private final double z;
  private final double cos;
  private final double sin;
  private final boolean castsShadow;
  private final Vec centre;
  private final double squaredRadius;

  /**
   * Parts that stand in their own frame.
   *
   * @param yaw turn about the vertical axis in radians, from x towards y
   */
  Item(List<Part> parts, double x, double y, double z, double yaw, boolean castsShadow) {
    this.parts = parts.toArray(Part[]::new);
    this.solids = parts.stream().map(Part::solid).toArray(Solid[]::new);
    this.x = x;
    this.y = y;
    this.z = z;
    this.cos = StrictMath.cos(yaw);
    this.sin = StrictMath.sin(yaw);
    this.castsShadow = castsShadow;
    this.bounds =
        parts.stream().map(part -> part.solid().bounds()).reduce(Box::union).orElseThrow();
    Vec low = new Vec(bounds.x0(), bounds.y0(), bounds.z0());
    Vec high = new Vec(bounds.x1(), bounds.y1(), bounds.z1());
    this.centre = toWorld(low.plus(high).times(0.5));
    this.squaredRadius = high.minus(low).dot(high.minus(low)) / 4;
  }

  Vec toWorld(Vec p) {
    return turned(p).plus(new Vec(x, y, z));
  }

  Vec turned(Vec direction) {
    return new Vec(
        cos * direction.x() - sin * direction.y(),
        sin * direction.x() + cos * direction.y(),
        direction.z());
  }

  /** Puts {@code local} at the item's view of the world point (px,py,pz). */
  Ray from(double px, double py, double pz, Ray local) {
    double rx = px - x;
    double ry = py - y;
    return local.from(cos * rx + sin * ry, cos * ry - sin * rx, pz - z);
  }

  /** Turns {@code local} into the item's view of the world direction (dx,dy,dz). */
  Ray towards(double dx, double dy, double dz, Ray local) {
    return local.towards(cos * dx + sin * dy, cos * dy - sin * dx, dz);
  }

  /** The nearest hit before {@code limit}; sets the hit's part and face. */
  double hit(Ray local, double limit, Hit hit) {
    if (!bounds.reached(local, limit)) {
      return Solid.MISS;
    }
    double nearest = Solid.MISS;
    for (int i = 0; i < solids.length; i++) {
      double t = solids[i].hit(local, Math.min(nearest, limit));
      if (t < nearest) {
        nearest = t;
        hit.part = i;
        hit.face = local.face;
      }
    }
    return nearest;
  }

  /**
   * Whether anything of it stands between the origin and {@code limit} in the unit direction of
   * {@code ray}, both in the world's frame; {@code local} is overwritten.
   */
  boolean shades(Ray ray, double limit, Ray local) {
    if (!castsShadow || !nearBall(ray, limit)) {
      return false;
    }
    from(ray.ox, ray.oy, ray.oz, local);
    towards(ray.dx, ray.dy, ray.dz, local);
    if (!bounds.reached(local, limit)) {
      return false;
    }
    for (Solid solid : solids) {
      if (solid.hit(local, limit) < limit) {
        return true;
      }
    }
    return false;
  }

  private boolean nearBall(Ray ray, double limit) {
    double cx = centre.x() - ray.ox;
    double cy = centre.y() - ray.oy;
    double cz = centre.z() - ray.oz;
    double along = cx * ray.dx + cy * ray.dy + cz * ray.dz;
    double square = cx * cx + cy * cy + cz * cz;
    if (square < squaredRadius) {
      return true;
    }
    double beyond = along - limit;
    return along > 0
        && square - along * along < squaredRadius
        && (beyond < 0 || beyond * beyond < squaredRadius);
  }
}
