package io.auxgrad.mtl.render;

import io.auxgrad.tensor.Philox;
import java.util.ArrayList;
import java.util.List;

/** Windows, doors and pictures on walls, and rugs on the floor. */
final class Hangings {
  private final Philox random;
  private final Palette palette;

  Hangings(Philox random, Palette palette) {
    this.random = random;
    this.palette = palette;
  }

  /** A window whose sill is at z = 0, with curtains or without. */
  Piece window(double w, double h) {
    Material frame =
        Material.matt(
            RoomClass.WINDOW,
            Texture.plain(Colour.gray(palette.between(0.5, 0.9)), palette.seed()));
    Material glass = Material.glowing(RoomClass.WINDOW, palette.outdoors(), palette.between(1, 3));
    double bar = 0.06;
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(new Box(-w / 2, 0, 0, w / 2, 0.01, h), glass));
    parts.add(new Part(new Box(-w / 2, 0, 0, w / 2, 0.05, bar), frame));
    parts.add(new Part(new Box(-w / 2, 0, h - bar, w / 2, 0.05, h), frame));
    parts.add(new Part(new Box(-w / 2, 0, 0, -w / 2 + bar, 0.05, h), frame));
    parts.add(new Part(new Box(w / 2 - bar, 0, 0, w / 2, 0.05, h), frame));
    parts.add(new Part(new Box(-0.03, 0, 0, 0.03, 0.04, h), frame));
    if (random.nextInt(2) == 0) {
      parts.add(new Part(new Box(-w / 2, 0, 0.66 * h, w / 2, 0.04, 0.66 * h + 0.05), frame));
    }
    parts.add(new Part(new Box(-w / 2 - 0.05, 0, -0.04, w / 2 + 0.05, 0.16, 0), frame));
    if (random.nextInt(2) == 0) {
      curtains(parts, w, h);
    }
    return new Piece(parts, w, 0.16, false);
  }

  // Folds: upright cylinders side by side.
  private void curtains(List<Part> parts, double w, double h) {
    Material cloth = Material.matt(RoomClass.WINDOW, palette.printed());
    int folds = 2 + random.nextInt(3);
    double drop = random.nextInt(2) == 0 ? 0.1 : 0.55;
    for (int side = -1; side <= 1; side += 2) {
      for (int i = 0; i < folds; i++) {
        double x = side * (w / 2 + 0.08 - 0.09 * i);
        parts.add(new Part(Cone.cylinder(x, 0.07, -drop, h + 0.08, 0.06), cloth));
      }
    }
  }

  Piece door() {
    Material frame = Material.matt(RoomClass.DOOR, palette.furniture());
    double w = palette.between(0.8, 0.95);
    double h = palette.between(1.98, 2.1);
    Texture surface = palette.furniture();
    Texture panels =
        random.nextInt(3) == 0
            ? surface
            : new Panel(surface, w / (1 + random.nextInt(2)), h / (1 + random.nextInt(3)));
    Material metal =
        Material.glossy(RoomClass.DOOR, Texture.plain(Colour.gray(0.5), palette.seed()));
    double knob = (random.nextInt(2) == 0 ? -1 : 1) * (w / 2 - 0.08);
    List<Part> parts = new ArrayList<>();
    parts.add(
        new Part(new Box(-w / 2, 0, 0, w / 2, 0.025, h), Material.matt(RoomClass.DOOR, panels)));
    parts.add(new Part(new Box(-w / 2 - 0.08, 0, 0, -w / 2, 0.05, h + 0.08), frame));
    parts.add(new Part(new Box(w / 2, 0, 0, w / 2 + 0.08, 0.05, h + 0.08), frame));
    parts.add(new Part(new Box(-w / 2, 0, h, w / 2, 0.05, h + 0.08), frame));
    parts.add(new Part(new Ball(knob, 0.07, 1, 0.05, 0.03, 0.03), metal));
    return new Piece(parts, w + 0.16, 0.05, false);
  }

  /** A picture whose lower edge is at z = 0. */
  Piece picture(double w, double h) {
    Material frame = Material.glossy(RoomClass.PICTURE, palette.furniture());
    Material canvas = Material.matt(RoomClass.PICTURE, new Canvas(w, h, random));
    double rim = palette.between(0.02, 0.05);
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(new Box(-w / 2, 0, 0, w / 2, 0.02, h), canvas));
    parts.add(new Part(new Box(-w / 2, 0, 0, w / 2, 0.035, rim), frame));
    parts.add(new Part(new Box(-w / 2, 0, h - rim, w / 2, 0.035, h), frame));
    parts.add(new Part(new Box(-w / 2, 0, 0, -w / 2 + rim, 0.035, h), frame));
    parts.add(new Part(new Box(w / 2 - rim, 0, 0, w / 2, 0.035, h), frame));
    return new Piece(parts, w, 0.035, false);
  }

  Piece rug() {
    double w = palette.between(1.2, 2.4);
    double d = palette.between(0.8, 1.6);
    Material cloth = Material.matt(RoomClass.RUG, palette.printed());
    Material hem = Material.matt(RoomClass.RUG, palette.cloth());
    List<Part> parts = new ArrayList<>();
    if (random.nextInt(3) == 0) {
      parts.add(new Part(Cone.cylinder(0, d / 2, 0, 0.012, d / 2), cloth));
      return new Piece(parts, d, d, false);
    }
    parts.add(new Part(new Box(-w / 2, 0, 0, w / 2, d, 0.01), hem));
    parts.add(new Part(new Box(-w / 2 + 0.08, 0.08, 0, w / 2 - 0.08, d - 0.08, 0.012), cloth));
    return new Piece(parts, w, d, false);
  }
}
