package io.auxgrad.mtl.render;

import io.auxgrad.tensor.Philox;
import java.util.ArrayList;
import java.util.List;

/** Wardrobes, drawers, shelves and sideboards: the class "cabinet". */
final class Storage {
  private final Philox random;
  private final Palette palette;
  private final Ornaments ornaments;

  Storage(Philox random, Palette palette, Ornaments ornaments) {
    this.random = random;
    this.palette = palette;
    this.ornaments = ornaments;
  }

  Piece wardrobe() {
    int doors = 2 + random.nextInt(3);
    double w = doors * palette.between(0.4, 0.55);
    return closed(w, palette.between(0.5, 0.6), palette.between(1.8, 2.2), doors, 1);
  }

  Piece dresser() {
    double w = palette.between(0.7, 1.3);
    return closed(
        w,
        palette.between(0.4, 0.5),
        palette.between(0.75, 1.1),
        1 + random.nextInt(2),
        3 + random.nextInt(2));
  }

  Piece nightStand() {
    return closed(
        palette.between(0.35, 0.5), palette.between(0.35, 0.45), palette.between(0.4, 0.6), 1, 2);
  }

  Piece sideboard() {
    double w = palette.between(1.2, 2);
    double h = palette.between(0.4, 0.8);
    Piece body = closed(w, palette.between(0.4, 0.5), h, 2 + random.nextInt(3), 1);
    if (random.nextInt(2) == 0) {
      ornaments.screen(
          body.parts(), palette.between(-0.1, 0.1) * w, 0.22, h, palette.between(0.7, 1.1));
    }
    return body;
  }

  /** Cupboards below and above a worktop. */
  Piece kitchen() {
    int units = 2 + random.nextInt(3);
    double w = units * 0.6;
    Texture front = palette.furniture();
    Material low = Material.matt(RoomClass.CABINET, new Panel(front, 0.6, 0.86));
    Material high = Material.matt(RoomClass.CABINET, new Panel(front, 0.6, 0.6));
    Material top = Material.glossy(RoomClass.CABINET, palette.furniture());
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(new Box(-w / 2, 0, 0, w / 2, 0.58, 0.86), low));
    parts.add(new Part(new Box(-w / 2, 0, 0.86, w / 2, 0.62, 0.9), top));
    parts.add(new Part(new Box(-w / 2, 0, 1.45, w / 2, 0.34, 2.05), high));
    for (int i = random.nextInt(4); i > 0; i--) {
      ornaments.small(parts, palette.between(-0.45, 0.45) * w, palette.between(0.15, 0.45), 0.9);
    }
    return new Piece(parts, w, 0.62);
  }

  Piece shelf() {
    Material wood = Material.matt(RoomClass.CABINET, palette.furniture());
    double w = palette.between(0.7, 1.2);
    double d = palette.between(0.26, 0.34);
    int boards = 2 + random.nextInt(4);
    double gap = palette.between(0.3, 0.38);
    double h = boards * gap + 0.03;
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(new Box(-w / 2, 0, 0, w / 2, 0.02, h), wood));
    parts.add(new Part(new Box(-w / 2, 0.02, 0, -w / 2 + 0.03, d, h), wood));
    parts.add(new Part(new Box(w / 2 - 0.03, 0.02, 0, w / 2, d, h), wood));
    for (int i = 0; i <= boards; i++) {
      double z = i * gap;
      parts.add(new Part(new Box(-w / 2 + 0.03, 0.02, z, w / 2 - 0.03, d, z + 0.03), wood));
      if (i < boards) {
        fill(parts, w - 0.08, d, z + 0.03, gap - 0.03);
      }
    }
    return new Piece(parts, w, d);
  }

  private void fill(List<Part> parts, double width, double depth, double z, double room) {
    double left = -width / 2;
    double end = left + width * palette.between(0.2, 1);
    if (random.nextInt(4) > 0) {
      Material books = Material.matt(RoomClass.CABINET, Texture.books(palette.seed()));
      double h = room * palette.between(0.6, 0.9);
      parts.add(
          new Part(new Box(left, 0.04, z, end, depth * palette.between(0.6, 0.85), z + h), books));
    }
    if (width / 2 - end > 0.25 && random.nextInt(2) == 0) {
      Material box = Material.matt(RoomClass.CABINET, palette.bright());
      double middle = (end + width / 2) / 2;
      parts.add(new Part(Box.standing(middle, depth / 2, z, 0.18, 0.16, 0.6 * room), box));
    }
  }

  private Piece closed(double w, double d, double h, int columns, int rows) {
    Texture surface = palette.furniture();
    Material body = Material.matt(RoomClass.CABINET, surface);
    Material front =
        Material.matt(RoomClass.CABINET, new Panel(surface, w / columns, (h - 0.08) / rows));
    Material knob = Material.glossy(RoomClass.CABINET, palette.metal());
    List<Part> parts = new ArrayList<>();
    parts.add(
        new Part(
            new Box(-w / 2, 0, 0.06, w / 2, d, h), List.of(body, body, body, front, body, body)));
    Seats.legs(parts, w, d, 0.06, 0.05, body);
    if (random.nextInt(2) == 0) {
      parts.add(new Part(new Box(-w / 2 - 0.02, 0, h, w / 2 + 0.02, d + 0.02, h + 0.03), body));
    }
    for (int i = 0; i < columns; i++) {
      for (int j = 0; j < rows; j++) {
        double x = ((i + 0.5) / columns - 0.5) * w;
        double z = 0.06 + (j + 0.5) / rows * (h - 0.08);
        parts.add(new Part(Box.standing(x, d + 0.01, z, 0.1, 0.025, 0.02), knob));
      }
    }
    return new Piece(parts, w, d);
  }
}
