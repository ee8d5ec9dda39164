package io.auxgrad.mtl.render;

import java.util.Arrays;
import java.util.List;

/**
 * What the ray through the middle of each pixel meets: found item by item within its outline on the
 * image.
 */
final class Geometry {
  final int height;
  final int width;

  /** Depth along the optical axis. */
  final double[] depth;

  /** Item, part and face in one number, see {@link #surface}. */
  final int[] surface;

  private final Scene scene;
  private final double step;

  /** For each item the pixels it may cover: left, top, right, bottom, the last two exclusive. */
  private final int[][] outlines;

  private final Ray local = new Ray();
  private final Hit hit = new Hit();

  Geometry(Scene scene, int height, int width) {
    this.scene = scene;
    this.height = height;
    this.width = width;
    this.step = 1 / (scene.camera().focal() * width);
    this.depth = new double[height * width];
    this.surface = new int[height * width];
    Arrays.fill(depth, Solid.MISS);
    List<Item> items = scene.items();
    this.outlines = new int[items.size()][];
    for (int i = 0; i < outlines.length; i++) {
      outlines[i] = outline(items.get(i));
      cast(i);
    }
  }

  static int surface(int item, int part, int face) {
    return item << 20 | part << 4 | face;
  }

  static int item(int surface) {
    return surface >> 20;
  }

  static int part(int surface) {
    return surface >> 4 & 0xFFFF;
  }

  static int face(int surface) {
    return surface & 0xF;
  }

  /** Points {@code ray}, in the world's frame, through the image at (x,y), measured in pixels. */
  Ray aim(double x, double y, Ray ray) {
    Camera camera = scene.camera();
    double a = (x - width / 2.0) * step;
    double b = (y - height / 2.0) * step;
    return ray.towards(
        camera.forward().x() + a * camera.right().x() + b * camera.down().x(),
        camera.forward().y() + a * camera.right().y() + b * camera.down().y(),
        camera.forward().z() + a * camera.right().z() + b * camera.down().z());
  }

  /**
   * What a ray from the camera within pixel (x,y) meets first, as a surface; writes its depth to
   * {@code out}.
   */
  int nearest(Ray ray, int x, int y, double[] out) {
    Vec eye = scene.camera().position();
    double nearest = Solid.MISS;
    int found = 0;
    for (int i = 0; i < outlines.length; i++) {
      int[] o = outlines[i];
      if (x >= o[0] && x < o[2] && y >= o[1] && y < o[3]) {
        Item item = scene.items().get(i);
        item.from(eye.x(), eye.y(), eye.z(), local);
        double t = item.hit(item.towards(ray.dx, ray.dy, ray.dz, local), nearest, hit);
        if (t < nearest) {
          nearest = t;
          found = surface(i, hit.part, hit.face);
        }
      }
    }
    out[0] = nearest;
    return found;
  }

  private void cast(int index) {
    Item item = scene.items().get(index);
    Vec eye = scene.camera().position();
    item.from(eye.x(), eye.y(), eye.z(), local);
    Ray ray = new Ray();
    int[] o = outlines[index];
    for (int y = o[1]; y < o[3]; y++) {
      for (int x = o[0]; x < o[2]; x++) {
        int pixel = y * width + x;
        aim(x + 0.5, y + 0.5, ray);
        double t = item.hit(item.towards(ray.dx, ray.dy, ray.dz, local), depth[pixel], hit);
        if (t < depth[pixel]) {
          depth[pixel] = t;
          surface[pixel] = surface(index, hit.part, hit.face);
        }
      }
    }
  }

  private int[] outline(Item item) {
    Box b = item.bounds;
    double left = Double.POSITIVE_INFINITY;
    double top = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double bottom = Double.NEGATIVE_INFINITY;
    int behind = 0;
    for (int corner = 0; corner < 8; corner++) {
      Vec p =
          new Vec(
              (corner & 1) == 0 ? b.x0() : b.x1(),
              (corner & 2) == 0 ? b.y0() : b.y1(),
              (corner & 4) == 0 ? b.z0() : b.z1());
      Vec seen = scene.camera().toCamera(item.toWorld(p));
      behind += seen.z() < 0.05 ? 1 : 0;
      left = Math.min(left, seen.x() / seen.z());
      right = Math.max(right, seen.x() / seen.z());
      top = Math.min(top, seen.y() / seen.z());
      bottom = Math.max(bottom, seen.y() / seen.z());
    }
    if (behind == 8) {
      return new int[4];
    }
    if (behind > 0) {
      return new int[] {0, 0, width, height};
    }
    return new int[] {
      bound(left, width, 0), bound(top, height, 0), bound(right, width, 2), bound(bottom, height, 2)
    };
  }

  private int bound(double slope, int size, int beyond) {
    double pixel = slope / step + size / 2.0;
    return (int) Math.max(0, Math.min(size, Math.floor(pixel) + beyond - (beyond == 0 ? 1 : 0)));
  }
}
