package io.auxgrad.mtl.render;

/**
 * The colours: each pixel is the mean of 2x2 rays, lit by the light of the pixel that shows the
 * same surface.
 */
final class Painting {
  private static final double[] PLACES = {0.25, 0.75};

  private final Scene scene;
  private final Geometry geometry;
  private final float[] lighting;
  private final Ray ray = new Ray();
  private final Ray local = new Ray();
  private final double[] depth = new double[1];
  private final double[] uv = new double[2];
  private final double[] albedo = new double[3];
  private final double[] pixel = new double[3];

  private Painting(Scene scene, Geometry geometry, float[] lighting) {
    this.scene = scene;
    this.geometry = geometry;
    this.lighting = lighting;
  }

  /** Radiance {@code [H,W,3]}. */
  static float[] of(Scene scene, Geometry geometry, float[] lighting) {
    Painting painting = new Painting(scene, geometry, lighting);
    float[] light = new float[3 * geometry.depth.length];
    for (int y = 0; y < geometry.height; y++) {
      for (int x = 0; x < geometry.width; x++) {
        painting.paint(x, y, light);
      }
    }
    return light;
  }

  private void paint(int x, int y, float[] light) {
    int index = y * geometry.width + x;
    int own = geometry.surface[index];
    boolean inner = inner(x, y, own);
    pixel[0] = 0;
    pixel[1] = 0;
    pixel[2] = 0;
    for (double dy : PLACES) {
      for (double dx : PLACES) {
        geometry.aim(x + dx, y + dy, ray);
        int surface = own;
        double t = inner ? again(own) : Solid.MISS;
        if (t == Solid.MISS) {
          surface = geometry.nearest(ray, x, y, depth);
          t = depth[0];
        }
        add(surface, t, surface == own ? index : neighbour(x, y, surface));
      }
    }
    for (int c = 0; c < 3; c++) {
      light[3 * index + c] = (float) (pixel[c] / 4);
    }
  }

  private boolean inner(int x, int y, int own) {
    int w = geometry.width;
    if (x == 0 || y == 0 || x == w - 1 || y == geometry.height - 1) {
      return false;
    }
    int[] s = geometry.surface;
    int i = y * w + x;
    return s[i - 1] == own
        && s[i + 1] == own
        && s[i - w] == own
        && s[i + w] == own
        && s[i - w - 1] == own
        && s[i - w + 1] == own
        && s[i + w - 1] == own
        && s[i + w + 1] == own;
  }

  // Far from every edge all rays of a pixel meet the surface that its middle shows.
  private double again(int surface) {
    Item item = scene.items().get(Geometry.item(surface));
    aim(item);
    double t = item.parts[Geometry.part(surface)].solid().hit(local, Solid.MISS);
    return local.face == Geometry.face(surface) ? t : Solid.MISS;
  }

  private void aim(Item item) {
    Vec eye = scene.camera().position();
    item.from(eye.x(), eye.y(), eye.z(), local);
    item.towards(ray.dx, ray.dy, ray.dz, local);
  }

  /** A pixel near (x,y) that shows {@code surface}; (x,y) itself if there is none. */
  private int neighbour(int x, int y, int surface) {
    for (int j = Math.max(0, y - 1); j <= Math.min(geometry.height - 1, y + 1); j++) {
      for (int i = Math.max(0, x - 1); i <= Math.min(geometry.width - 1, x + 1); i++) {
        if (geometry.surface[j * geometry.width + i] == surface) {
          return j * geometry.width + i;
        }
      }
    }
    return y * geometry.width + x;
  }

  private void add(int surface, double t, int lit) {
    Item item = scene.items().get(Geometry.item(surface));
    Part part = item.parts[Geometry.part(surface)];
    int face = Geometry.face(surface);
    aim(item);
    part.solid()
        .coordinates(
            face, local.ox + t * local.dx, local.oy + t * local.dy, local.oz + t * local.dz, uv);
    Material material = part.material(face);
    material.texture().at(uv[0], uv[1], albedo);
    int base = Lighting.CHANNELS * lit;
    double highlight = material.gloss() * lighting[base + 3];
    for (int c = 0; c < 3; c++) {
      pixel[c] += albedo[c] * (lighting[base + c] + material.glow()) + highlight;
    }
  }
}
