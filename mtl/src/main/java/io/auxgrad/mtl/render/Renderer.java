package io.auxgrad.mtl.render;

import io.auxgrad.mtl.data.Sample;

/** Turns a scene into a labelled image. */
final class Renderer {
  private Renderer() {}

  static Sample render(String id, Scene scene, int height, int width) {
    Geometry geometry = new Geometry(scene, height, width);
    int pixels = height * width;
    int[] classes = new int[pixels];
    float[] depth = new float[pixels];
    for (int i = 0; i < pixels; i++) {
      int surface = geometry.surface[i];
      Part part = scene.items().get(Geometry.item(surface)).parts[Geometry.part(surface)];
      classes[i] = part.material(Geometry.face(surface)).what().id();
      depth[i] = (float) geometry.depth[i];
    }
    float[] world = normals(scene, geometry);
    float[] light = Painting.of(scene, geometry, Lighting.of(scene, geometry, world));
    byte[] rgb = scene.film().develop(light, height, width);
    return new Sample(id, height, width, rgb, classes, depth, seen(world, scene.camera()));
  }

  /** {@code [H,W,3]} in the world's frame. */
  private static float[] normals(Scene scene, Geometry geometry) {
    float[] world = new float[3 * geometry.depth.length];
    Vec eye = scene.camera().position();
    Ray ray = new Ray();
    Ray local = new Ray();
    double[] normal = new double[3];
    for (int y = 0; y < geometry.height; y++) {
      for (int x = 0; x < geometry.width; x++) {
        int pixel = y * geometry.width + x;
        int surface = geometry.surface[pixel];
        double t = geometry.depth[pixel];
        Item item = scene.items().get(Geometry.item(surface));
        geometry.aim(x + 0.5, y + 0.5, ray);
        item.from(eye.x(), eye.y(), eye.z(), local);
        item.towards(ray.dx, ray.dy, ray.dz, local);
        item.parts[Geometry.part(surface)]
            .solid()
            .normal(
                Geometry.face(surface),
                local.ox + t * local.dx,
                local.oy + t * local.dy,
                local.oz + t * local.dz,
                normal);
        write(item.turned(new Vec(normal[0], normal[1], normal[2])), world, pixel);
      }
    }
    return world;
  }

  private static float[] seen(float[] world, Camera camera) {
    float[] seen = new float[world.length];
    for (int i = 0; i < world.length / 3; i++) {
      write(camera.turned(new Vec(world[3 * i], world[3 * i + 1], world[3 * i + 2])), seen, i);
    }
    return seen;
  }

  private static void write(Vec v, float[] out, int pixel) {
    out[3 * pixel] = (float) v.x();
    out[3 * pixel + 1] = (float) v.y();
    out[3 * pixel + 2] = (float) v.z();
  }
}
