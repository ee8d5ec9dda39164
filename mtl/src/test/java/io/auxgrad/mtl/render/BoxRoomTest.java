package io.auxgrad.mtl.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.data.Sample;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An empty room, where depth and normals have a closed form. */
class BoxRoomTest {
  private static final int H = 48;
  private static final int W = 64;
  private static final double FOCAL = 0.8;
  private static final Shell ROOM = new Shell(4, 5, 2.6);

  /** Straight ahead along y: right is world x, down is -z, forward is y. */
  @Test
  void straightAhead() {
    Camera camera = Camera.looking(new Vec(1.5, 1, 1.2), Math.PI / 2, 0, 0, FOCAL);
    Sample sample = Renderer.render("room", Scenes.room(ROOM, camera, List.of()), H, W);
    for (int i = 0; i < H * W; i++) {
      double a = (i % W + 0.5 - W / 2.0) / (FOCAL * W);
      double b = (Math.floorDiv(i, W) + 0.5 - H / 2.0) / (FOCAL * W);
      double back = 4;
      double side = a > 0 ? 2.5 / a : 1.5 / -a;
      double level = b > 0 ? 1.2 / b : 1.4 / -b;
      double depth = Math.min(back, Math.min(side, level));
      assertEquals(depth, sample.depth()[i], 1e-5, "depth of pixel " + i);
      if (depth == back) {
        check(sample, i, RoomClass.WALL, 0, 0, -1);
      } else if (depth == side) {
        check(sample, i, RoomClass.WALL, a > 0 ? -1 : 1, 0, 0);
      } else {
        check(sample, i, b > 0 ? RoomClass.FLOOR : RoomClass.CEILING, 0, b > 0 ? -1 : 1, 0);
      }
    }
  }

  private static void check(Sample sample, int i, RoomClass what, double x, double y, double z) {
    assertEquals(what.id(), sample.classes()[i], "class of pixel " + i);
    assertEquals(x, sample.normals()[3 * i], 1e-6);
    assertEquals(y, sample.normals()[3 * i + 1], 1e-6);
    assertEquals(z, sample.normals()[3 * i + 2], 1e-6);
  }

  /**
   * Turned, tilted and rolled: each point, put back into the room, lies on the plane that its
   * normal says.
   */
  @Test
  void turned() {
    double yaw = 0.7;
    double pitch = -0.3;
    double roll = 0.15;
    Vec eye = new Vec(1, 1.2, 1.5);
    Sample sample =
        Renderer.render(
            "room",
            Scenes.room(ROOM, Camera.looking(eye, yaw, pitch, roll, FOCAL), List.of()),
            H,
            W);
    for (int i = 0; i < H * W; i++) {
      double depth = sample.depth()[i];
      double a = (i % W + 0.5 - W / 2.0) / (FOCAL * W);
      double b = (Math.floorDiv(i, W) + 0.5 - H / 2.0) / (FOCAL * W);
      double[] point = toRoom(a * depth, b * depth, depth, yaw, pitch, roll);
      double[] normal =
          toRoom(
              sample.normals()[3 * i],
              sample.normals()[3 * i + 1],
              sample.normals()[3 * i + 2],
              yaw,
              pitch,
              roll);
      double x = point[0] + eye.x();
      double y = point[1] + eye.y();
      double z = point[2] + eye.z();
      double wall = 0;
      wall += Math.max(0, normal[0]) * x + Math.max(0, -normal[0]) * (4 - x);
      wall += Math.max(0, normal[1]) * y + Math.max(0, -normal[1]) * (5 - y);
      wall += Math.max(0, normal[2]) * z + Math.max(0, -normal[2]) * (2.6 - z);
      assertEquals(0, wall, 1e-5, "pixel " + i + " lies on its wall");
      assertEquals(1, Math.abs(normal[0]) + Math.abs(normal[1]) + Math.abs(normal[2]), 1e-5);
      boolean within =
          x > -1e-5 && x < 4 + 1e-5 && y > -1e-5 && y < 5 + 1e-5 && z > -1e-5 && z < 2.6 + 1e-5;
      assertTrue(within, "pixel " + i + " lies within the room");
    }
  }

  /** Camera coordinates (right, down, forward) to the room's, by three elementary turns. */
  private static double[] toRoom(
      double right, double down, double ahead, double yaw, double pitch, double roll) {
    double r = right * Math.cos(roll) - down * Math.sin(roll);
    double d = right * Math.sin(roll) + down * Math.cos(roll);
    double level = ahead * Math.cos(pitch) + d * Math.sin(pitch);
    double up = ahead * Math.sin(pitch) - d * Math.cos(pitch);
    return new double[] {
      level * Math.cos(yaw) + r * Math.sin(yaw), level * Math.sin(yaw) - r * Math.cos(yaw), up
    };
  }

  @Test
  void itemsStandWhereTheyArePut() {
    // A cube of half a metre, turned by 45 degrees: its edge comes first, at the middle of the
    // image.
    Item cube = Scenes.item(new Box(-0.25, -0.25, 0, 0.25, 0.25, 0.5), 2, 3, 1, Math.PI / 4);
    Camera camera = Camera.looking(new Vec(2, 1, 1.25), Math.PI / 2, 0, 0, FOCAL);
    Sample sample = Renderer.render("cube", Scenes.room(ROOM, camera, List.of(), cube), 1, 65);
    assertEquals(2 - Math.sqrt(0.125), sample.depth()[32], 1e-5);
    assertEquals(RoomClass.OBJECT.id(), sample.classes()[32]);
    double h = Math.sqrt(0.5);
    assertEquals(-h, sample.normals()[3 * 30], 1e-6, "left of the edge it faces left");
    assertEquals(h, sample.normals()[3 * 34], 1e-6);
    assertEquals(-h, sample.normals()[3 * 34 + 2], 1e-6);
    assertEquals(RoomClass.WALL.id(), sample.classes()[0]);
  }

  @Test
  void lampsLightAndThingsShade() {
    Item board = Scenes.item(new Box(-0.5, -0.5, 0, 0.5, 0.5, 0.05), 2, 3, 1, 0);
    Light lamp = new Light(new Vec(2, 3, 2.4), 0.05, Colour.gray(5));
    // Looking steeply down at the floor around the board's shadow.
    Camera camera = Camera.looking(new Vec(2, 0.5, 1.4), Math.PI / 2, -0.5, 0, FOCAL);
    Scene open = Scenes.room(ROOM, camera, List.of(lamp));
    Scene shaded = Scenes.room(ROOM, camera, List.of(lamp), board);
    float[] free = lighting(open);
    float[] dark = lighting(shaded);
    Geometry seen = new Geometry(shaded, H, W);
    int shadow = 0;
    for (int i = 0; i < H * W; i++) {
      if (Geometry.item(seen.surface[i]) == 0) {
        float before = free[Lighting.CHANNELS * i];
        float after = dark[Lighting.CHANNELS * i];
        // Not exactly: at the board's outline a pixel shares with fewer neighbours.
        assertTrue(after < 1.15 * before, "a thing adds no light: " + before + " -> " + after);
        shadow += after < 0.5 * before ? 1 : 0;
      }
    }
    assertTrue(shadow > 50, "the board throws a shadow: " + shadow + " pixels");
  }

  private static float[] lighting(Scene scene) {
    Geometry geometry = new Geometry(scene, H, W);
    float[] normals = new float[3 * H * W];
    for (int i = 0; i < H * W; i++) {
      int face = Geometry.face(geometry.surface[i]);
      boolean shell = Geometry.item(geometry.surface[i]) == 0;
      normals[3 * i + (face >> 1)] = (face & 1) == 0 == shell ? 1 : -1;
    }
    return Lighting.of(scene, geometry, normals);
  }
}
