package io.auxgrad.mtl.render;

/**
 * The light that falls on each pixel's surface: lamps with soft shadows, and ambient light dimmed
 * in corners. Each pixel casts one ray per lamp to one of 16 places of it, and one of 16 ambient
 * rays; neighbours on the same surface then share what they found, so that 4x4 pixels see all.
 */
final class Lighting {
  /** Values per pixel: red, green, blue, highlights. */
  static final int CHANNELS = 4;

  private static final int GRID = 4;
  private static final double REACH = 0.7;
  private static final double[][] IN_BALL = new double[GRID * GRID][];
  private static final double[][] IN_DOME = new double[GRID * GRID][];

  static {
    // The golden angle spreads the samples evenly however they are cut.
    double golden = StrictMath.PI * (3 - StrictMath.sqrt(5));
    int[] order = {0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5};
    for (int i = 0; i < IN_BALL.length; i++) {
      double share = (i + 0.5) / IN_BALL.length;
      double cos = StrictMath.cos(golden * i);
      double sin = StrictMath.sin(golden * i);
      double z = 1 - 2 * share;
      double ring = StrictMath.sqrt(1 - z * z);
      IN_BALL[order[i]] = new double[] {ring * cos, ring * sin, z};
      double r = StrictMath.sqrt(share);
      IN_DOME[order[i]] = new double[] {r * cos, r * sin, StrictMath.sqrt(1 - share)};
    }
  }

  private final Scene scene;
  private final Geometry geometry;
  private final float[] raw;
  private final Ray ray = new Ray();
  private final Ray local = new Ray();
  private final double[] normal = new double[3];
  private final double[] sum = new double[CHANNELS];

  private Lighting(Scene scene, Geometry geometry) {
    this.scene = scene;
    this.geometry = geometry;
    this.raw = new float[CHANNELS * geometry.depth.length];
  }

  /** {@code [H,W,4]}: irradiance and highlights. */
  static float[] of(Scene scene, Geometry geometry, float[] normals) {
    Lighting lighting = new Lighting(scene, geometry);
    for (int y = 0; y < geometry.height; y++) {
      for (int x = 0; x < geometry.width; x++) {
        lighting.gather(x, y, normals);
      }
    }
    return lighting.shared();
  }

  private void gather(int x, int y, float[] normals) {
    int pixel = y * geometry.width + x;
    Vec eye = scene.camera().position();
    geometry.aim(x + 0.5, y + 0.5, ray);
    double t = geometry.depth[pixel];
    for (int c = 0; c < 3; c++) {
      normal[c] = normals[3 * pixel + c];
    }
    double vx = -ray.dx;
    double vy = -ray.dy;
    double vz = -ray.dz;
    double back = 1 / Math.sqrt(vx * vx + vy * vy + vz * vz);
    double lift = 1e-4;
    ray.from(
        eye.x() + t * ray.dx + lift * normal[0],
        eye.y() + t * ray.dy + lift * normal[1],
        eye.z() + t * ray.dz + lift * normal[2]);
    int sample = y % GRID * GRID + x % GRID;
    ambient(IN_DOME[sample]);
    for (Light light : scene.lights()) {
      lamp(light, IN_BALL[sample], vx * back, vy * back, vz * back);
    }
    for (int c = 0; c < CHANNELS; c++) {
      raw[CHANNELS * pixel + c] = (float) sum[c];
    }
  }

  // Light comes back from the bright ceiling more than from the floor.
  private void ambient(double[] place) {
    // A tangent frame without branches on the normal's direction but its sign (Duff et al., 2017).
    double sign = normal[2] < 0 ? -1 : 1;
    double a = -1 / (sign + normal[2]);
    double b = normal[0] * normal[1] * a;
    double dx =
        place[0] * (1 + sign * normal[0] * normal[0] * a) + place[1] * b + place[2] * normal[0];
    double dy =
        place[0] * sign * b + place[1] * (sign + normal[1] * normal[1] * a) + place[2] * normal[1];
    double dz = -place[0] * sign * normal[0] - place[1] * normal[1] + place[2] * normal[2];
    ray.towards(dx, dy, dz);
    double open =
        scene.items().getFirst().parts[0].solid().hit(ray, REACH) < REACH || blocked(REACH)
            ? 0.35
            : 1;
    double strength = open * (0.75 + 0.25 * normal[2]);
    scene.ambient().write(strength, sum);
    sum[3] = 0;
  }

  private void lamp(Light light, double[] place, double vx, double vy, double vz) {
    double dx = light.position().x() + light.radius() * place[0] - ray.ox;
    double dy = light.position().y() + light.radius() * place[1] - ray.oy;
    double dz = light.position().z() + light.radius() * place[2] - ray.oz;
    double square = dx * dx + dy * dy + dz * dz;
    double scale = 1 / Math.sqrt(square);
    dx *= scale;
    dy *= scale;
    dz *= scale;
    double cosine = dx * normal[0] + dy * normal[1] + dz * normal[2];
    ray.towards(dx, dy, dz);
    if (cosine <= 0 || blocked(1 / scale)) {
      return;
    }
    double strength = cosine / (0.3 + square);
    sum[0] += strength * light.colour().r();
    sum[1] += strength * light.colour().g();
    sum[2] += strength * light.colour().b();
    double hx = dx + vx;
    double hy = dy + vy;
    double hz = dz + vz;
    double shine =
        (hx * normal[0] + hy * normal[1] + hz * normal[2]) / Math.sqrt(hx * hx + hy * hy + hz * hz);
    double sharp = shine * shine;
    sharp *= sharp;
    sharp *= sharp;
    sharp *= sharp;
    sum[3] += sharp * sharp * sharp * strength * light.colour().g();
  }

  private boolean blocked(double limit) {
    for (int i = 1; i < scene.items().size(); i++) {
      if (scene.items().get(i).shades(ray, limit, local)) {
        return true;
      }
    }
    return false;
  }

  // Means over 5x5 pixels of the same surface, the outer ones counting half: 4x4 in all.
  private float[] shared() {
    float[] result = new float[raw.length];
    for (int y = 0; y < geometry.height; y++) {
      for (int x = 0; x < geometry.width; x++) {
        share(x, y, result);
      }
    }
    return result;
  }

  private void share(int x, int y, float[] result) {
    int pixel = y * geometry.width + x;
    int own = geometry.surface[pixel];
    float total = 0;
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    for (int j = Math.max(0, y - 2); j <= Math.min(geometry.height - 1, y + 2); j++) {
      for (int i = Math.max(0, x - 2); i <= Math.min(geometry.width - 1, x + 2); i++) {
        int other = j * geometry.width + i;
        if (geometry.surface[other] == own) {
          float weight = (Math.abs(i - x) == 2 ? 0.5f : 1) * (Math.abs(j - y) == 2 ? 0.5f : 1);
          total += weight;
          s0 += weight * raw[CHANNELS * other];
          s1 += weight * raw[CHANNELS * other + 1];
          s2 += weight * raw[CHANNELS * other + 2];
          s3 += weight * raw[CHANNELS * other + 3];
        }
      }
    }
    result[CHANNELS * pixel] = s0 / total;
    result[CHANNELS * pixel + 1] = s1 / total;
    result[CHANNELS * pixel + 2] = s2 / total;
    result[CHANNELS * pixel + 3] = s3 / total;
  }
}
