package io.auxgrad.mtl.render;

import io.auxgrad.tensor.Philox;
import java.util.ArrayList;
import java.util.List;

/** Lamps, plants, balls, screens and small things: the class "object". */
final class Ornaments {
  private final Philox random;
  private final Palette palette;

  Ornaments(Philox random, Palette palette) {
    this.random = random;
    this.palette = palette;
  }

  /** A vase, bowl, box or pile of books at (x,y,z). */
  void small(List<Part> parts, double x, double y, double z) {
    Material material = Material.glossy(RoomClass.OBJECT, palette.bright());
    switch (random.nextInt(4)) {
      case 0 -> {
        double r = palette.between(0.04, 0.08);
        double h = palette.between(0.12, 0.3);
        parts.add(new Part(new Cone(x, y, z, z + h, r, palette.between(0.5, 1.2) * r), material));
        if (random.nextInt(2) == 0) {
          Material leaves = Material.matt(RoomClass.OBJECT, palette.leaves());
          parts.add(new Part(new Ball(x, y, z + h + 0.09, 0.12, 0.12, 0.13), leaves));
        }
      }
      case 1 -> {
        double r = palette.between(0.06, 0.12);
        parts.add(new Part(new Ball(x, y, z + r, r, r, r), material));
      }
      case 2 ->
          parts.add(
              new Part(
                  Box.standing(
                      x,
                      y,
                      z,
                      palette.between(0.1, 0.3),
                      palette.between(0.1, 0.25),
                      palette.between(0.04, 0.22)),
                  material));
      default ->
          parts.add(
              new Part(new Cone(x, y, z, z + 0.09, 0.06, palette.between(0.1, 0.17)), material));
    }
  }

  /** A television or monitor whose foot stands at (x,y,z). */
  void screen(List<Part> parts, double x, double y, double z, double width) {
    Material dark = Material.glossy(RoomClass.OBJECT, palette.dark());
    double h = 0.58 * width;
    parts.add(new Part(Box.standing(x, y, z, 0.35 * width, 0.15, 0.02), dark));
    parts.add(new Part(Box.standing(x, y - 0.02, z, 0.05, 0.03, 0.1), dark));
    parts.add(new Part(Box.standing(x, y, z + 0.06, width, 0.04, h), dark));
  }

  Piece plant() {
    Material pot = Material.matt(RoomClass.OBJECT, palette.bright());
    Material leaves = Material.matt(RoomClass.OBJECT, palette.leaves());
    double r = palette.between(0.12, 0.2);
    double h = palette.between(0.2, 0.35);
    double crown = palette.between(0.2, 0.4);
    double stem = palette.between(0.1, 0.6);
    double y = crown;
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(new Cone(0, y, 0, h, 0.75 * r, r), pot));
    parts.add(
        new Part(
            Cone.cylinder(0, y, h, h + stem + crown, 0.025),
            Material.matt(RoomClass.OBJECT, palette.wood(0))));
    int blobs = 4 + random.nextInt(5);
    for (int i = 0; i < blobs; i++) {
      double size = crown * palette.between(0.35, 0.65);
      parts.add(
          new Part(
              new Ball(
                  palette.between(-0.5, 0.5) * crown,
                  y + palette.between(-0.5, 0.5) * crown,
                  h + stem + crown * palette.between(0.2, 1.4),
                  size,
                  size,
                  size * palette.between(0.5, 0.9)),
              leaves));
    }
    return new Piece(parts, 2 * crown, 2 * crown);
  }

  Piece floorLamp() {
    Material metal = Material.glossy(RoomClass.OBJECT, palette.metal());
    Material shade = Material.glowing(RoomClass.OBJECT, palette.shade(), 1.5);
    double h = palette.between(1.3, 1.7);
    double r = palette.between(0.16, 0.25);
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(Cone.cylinder(0, r, 0, 0.03, 0.14), metal));
    parts.add(new Part(Cone.cylinder(0, r, 0.03, h, 0.014), metal));
    parts.add(new Part(new Cone(0, r, h - 0.3, h, r, palette.between(0.5, 0.9) * r), shade));
    return new Piece(parts, 2 * r, 2 * r, false);
  }

  /** A lamp that hangs from a ceiling at z = 0. */
  Piece ceilingLamp() {
    Material shade = Material.glowing(RoomClass.OBJECT, palette.shade(), 3);
    Material cord = Material.matt(RoomClass.OBJECT, palette.dark());
    double drop = random.nextInt(2) == 0 ? 0.02 : palette.between(0.2, 0.5);
    double r = palette.between(0.14, 0.24);
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(Cone.cylinder(0, 0, -drop, 0, 0.012), cord));
    parts.add(
        new Part(
            random.nextInt(2) == 0
                ? new Ball(0, 0, -drop - 0.8 * r, r, r, 0.8 * r)
                : new Cone(0, 0, -drop - 0.6 * r, -drop, r, 0.5 * r),
            shade));
    return new Piece(parts, 2 * r, 2 * r, false);
  }

  /** A ball, basket or box on the floor. */
  Piece clutter() {
    List<Part> parts = new ArrayList<>();
    double r = palette.between(0.1, 0.22);
    Material material = Material.matt(RoomClass.OBJECT, palette.printed());
    switch (random.nextInt(3)) {
      case 0 -> parts.add(new Part(new Ball(0, r, r, r, r, r), material));
      case 1 -> parts.add(new Part(new Cone(0, r, 0, 1.6 * r, 0.8 * r, r), material));
      default ->
          parts.add(
              new Part(new Box(-r, 0, 0, r, 1.6 * r, palette.between(0.8, 1.8) * r), material));
    }
    return new Piece(parts, 2 * r, 2 * r);
  }
}
