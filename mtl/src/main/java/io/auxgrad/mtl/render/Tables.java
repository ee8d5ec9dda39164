package io.auxgrad.mtl.render;

import io.auxgrad.tensor.Philox;
import java.util.ArrayList;
import java.util.List;

/** Tables and desks, with what stands on them. */
final class Tables {
  private final Philox random;
  private final Palette palette;
  private final Ornaments ornaments;

  Tables(Philox random, Palette palette, Ornaments ornaments) {
    this.random = random;
    this.palette = palette;
    this.ornaments = ornaments;
  }

  Piece dining() {
    return random.nextInt(4) == 0
        ? round(palette.between(0.45, 0.65), palette.between(0.7, 0.78))
        : square(palette.between(1, 1.8), palette.between(0.75, 0.95), palette.between(0.7, 0.78));
  }

  Piece coffee() {
    return random.nextInt(3) == 0
        ? round(palette.between(0.3, 0.45), palette.between(0.38, 0.5))
        : square(
            palette.between(0.7, 1.2), palette.between(0.45, 0.65), palette.between(0.35, 0.48));
  }

  Piece desk() {
    double w = palette.between(1, 1.6);
    double d = palette.between(0.55, 0.75);
    double h = palette.between(0.7, 0.76);
    Piece desk = square(w, d, h);
    List<Part> parts = new ArrayList<>(desk.parts());
    if (random.nextInt(2) == 0) {
      Material drawers =
          Material.matt(RoomClass.TABLE, new Panel(palette.furniture(), 0.38, h / 3.5));
      parts.add(
          new Part(new Box(w / 2 - 0.45, 0.03, 0.02, w / 2 - 0.07, d - 0.04, h - 0.04), drawers));
    }
    ornaments.screen(parts, palette.between(-0.3, 0.1) * w, 0.3 * d, h, palette.between(0.45, 0.6));
    return new Piece(parts, w, d);
  }

  private Piece square(double w, double d, double h) {
    Material top = Material.glossy(RoomClass.TABLE, palette.furniture());
    Material legs = random.nextInt(2) == 0 ? top : Material.matt(RoomClass.TABLE, palette.metal());
    double thick = palette.between(0.03, 0.06);
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(new Box(-w / 2, 0, h - thick, w / 2, d, h), top));
    Seats.legs(parts, w, d, h - thick, palette.between(0.04, 0.08), legs);
    if (random.nextInt(4) == 0) {
      Material runner = Material.matt(RoomClass.TABLE, palette.printed());
      parts.add(
          new Part(
              new Box(-w / 2 - 0.005, 0.25 * d, h, w / 2 + 0.005, 0.75 * d, h + 0.006), runner));
    }
    scatter(parts, 0.4 * w, d / 2, 0.35 * d, h);
    return new Piece(parts, w, d);
  }

  private Piece round(double r, double h) {
    Material top = Material.glossy(RoomClass.TABLE, palette.furniture());
    Material foot = Material.matt(RoomClass.TABLE, palette.metal());
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(Cone.cylinder(0, r, h - 0.04, h, r), top));
    parts.add(new Part(Cone.cylinder(0, r, 0.03, h - 0.04, 0.05), foot));
    parts.add(new Part(new Cone(0, r, 0, 0.05, 0.6 * r, 0.5 * r), foot));
    scatter(parts, 0.5 * r, r, 0.5 * r, h);
    return new Piece(parts, 2 * r, 2 * r);
  }

  private void scatter(List<Part> parts, double x, double middle, double y, double z) {
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      ornaments.small(parts, palette.between(-x, x), middle + palette.between(-y, y), z);
    }
  }
}
