package io.auxgrad.mtl.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.Philox;
import org.junit.jupiter.api.Test;

/** Solids against walking along the ray in small steps and asking whether the point is inside. */
class SolidTest {
  private static final double STEP = 2e-3;
  private static final int RAYS = 3000;

  private interface Inside {
    boolean at(double x, double y, double z);
  }

  @Test
  void box() {
    check(
        new Box(-0.5, -0.3, -0.2, 0.4, 0.6, 0.7),
        (x, y, z) -> x > -0.5 && x < 0.4 && y > -0.3 && y < 0.6 && z > -0.2 && z < 0.7);
  }

  @Test
  void ball() {
    check(
        new Ball(0.1, -0.2, 0.1, 0.5, 0.3, 0.7),
        (x, y, z) ->
            square((x - 0.1) / 0.5) + square((y + 0.2) / 0.3) + square((z - 0.1) / 0.7) < 1);
  }

  @Test
  void cylinder() {
    check(
        Cone.cylinder(0.1, 0.2, -0.5, 0.4, 0.4),
        (x, y, z) -> z > -0.5 && z < 0.4 && square(x - 0.1) + square(y - 0.2) < 0.16);
  }

  @Test
  void coneWiderBelow() {
    check(
        new Cone(0, 0, -0.4, 0.5, 0.6, 0.1),
        (x, y, z) ->
            z > -0.4 && z < 0.5 && square(x) + square(y) < square(0.6 - 0.5 / 0.9 * (z + 0.4)));
  }

  @Test
  void coneWiderAbove() {
    check(
        new Cone(0, 0, -0.1, 0.1, 0.05, 0.7),
        (x, y, z) ->
            z > -0.1 && z < 0.1 && square(x) + square(y) < square(0.05 + 0.65 / 0.2 * (z + 0.1)));
  }

  @Test
  void shellIsLeftFromWithin() {
    Shell shell = new Shell(3, 4, 2.5);
    Philox random = new Philox(11, 0);
    Ray ray = new Ray();
    for (int i = 0; i < RAYS; i++) {
      ray.from(random.uniform(0.1f, 2.9f), random.uniform(0.1f, 3.9f), random.uniform(0.1f, 2.4f));
      ray.towards(random.nextGaussian(), random.nextGaussian(), random.nextGaussian());
      double t = shell.hit(ray, Solid.MISS);
      double x = ray.ox + t * ray.dx;
      double y = ray.oy + t * ray.dy;
      double z = ray.oz + t * ray.dz;
      double[] distance = {x, 3 - x, y, 4 - y, z, 2.5 - z};
      for (int face = 0; face < 6; face++) {
        assertTrue(distance[face] > -1e-9, "within the room");
      }
      assertEquals(0, distance[ray.face], 1e-9, "on the face");
    }
    ray.from(1, 1, 1).towards(0, 0, -1);
    assertEquals(1, shell.hit(ray, Solid.MISS), "straight along an axis");
    assertEquals(Shell.FLOOR, ray.face);
  }

  private static double square(double x) {
    return x * x;
  }

  private static void check(Solid solid, Inside inside) {
    Philox random = new Philox(5, 0);
    Ray ray = new Ray();
    double[] normal = new double[3];
    int hits = 0;
    for (int i = 0; i < RAYS; i++) {
      ray.from(2 * random.nextGaussian(), 2 * random.nextGaussian(), 2 * random.nextGaussian());
      // Towards a point near the solid, by a vector of any length.
      double scale = random.uniform(0.5f, 2);
      ray.towards(
          scale * (0.4 * random.nextGaussian() - ray.ox),
          scale * (0.4 * random.nextGaussian() - ray.oy),
          scale * (0.4 * random.nextGaussian() - ray.oz));
      if (inside.at(ray.ox, ray.oy, ray.oz)) {
        continue;
      }
      double t = solid.hit(ray, 4);
      double expected = walk(ray, inside, 4);
      if (t == Solid.MISS) {
        // Walking may not see a touch shorter than a step, never the other way round.
        assertEquals(Solid.MISS, expected, "ray " + i);
        continue;
      }
      hits++;
      double ahead = t + 1e-6;
      if (expected == Solid.MISS || expected > t + 2 * STEP) {
        boolean grazing =
            !inside.at(
                ray.ox + (t + STEP) * ray.dx,
                ray.oy + (t + STEP) * ray.dy,
                ray.oz + (t + STEP) * ray.dz);
        assertTrue(
            grazing, "ray " + i + " enters at " + expected + " but a hit is reported at " + t);
      } else {
        assertEquals(expected, t, STEP, "ray " + i);
      }
      assertTrue(
          inside.at(ray.ox + ahead * ray.dx, ray.oy + ahead * ray.dy, ray.oz + ahead * ray.dz),
          "inside behind the hit");
      checkNormal(solid, ray, t, inside, normal);
    }
    assertTrue(hits > RAYS / 20, "enough rays meet the solid: " + hits);
  }

  private static double walk(Ray ray, Inside inside, double limit) {
    for (double t = STEP; t < limit; t += STEP) {
      if (inside.at(ray.ox + t * ray.dx, ray.oy + t * ray.dy, ray.oz + t * ray.dz)) {
        return t;
      }
    }
    return Solid.MISS;
  }

  private static void checkNormal(Solid solid, Ray ray, double t, Inside inside, double[] normal) {
    double x = ray.ox + t * ray.dx;
    double y = ray.oy + t * ray.dy;
    double z = ray.oz + t * ray.dz;
    solid.normal(ray.face, x, y, z, normal);
    assertEquals(1, square(normal[0]) + square(normal[1]) + square(normal[2]), 1e-12);
    assertTrue(
        normal[0] * ray.dx + normal[1] * ray.dy + normal[2] * ray.dz <= 1e-9, "faces the ray");
    double e = 1e-6;
    assertTrue(
        !inside.at(x + e * normal[0], y + e * normal[1], z + e * normal[2]), "points outwards");
    assertTrue(
        inside.at(x - e * normal[0], y - e * normal[1], z - e * normal[2]),
        "the solid lies behind it");
  }
}
