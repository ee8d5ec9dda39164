package io.auxgrad.mtl.render;

import io.auxgrad.tensor.Philox;
import java.util.ArrayList;
import java.util.List;

/** Chairs, sofas and beds. */
final class Seats {
  private final Philox random;
  private final Palette palette;

  Seats(Philox random, Palette palette) {
    this.random = random;
    this.palette = palette;
  }

  Piece chair() {
    Material frame = Material.matt(RoomClass.CHAIR, palette.furniture());
    Material seat =
        random.nextInt(2) == 0 ? frame : Material.matt(RoomClass.CHAIR, palette.cloth());
    double w = palette.between(0.4, 0.5);
    double h = palette.between(0.42, 0.48);
    double top = palette.between(0.8, 1.05);
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(new Box(-w / 2, 0, h - 0.05, w / 2, w, h), seat));
    legs(parts, w, w, h - 0.05, 0.035, frame);
    if (random.nextInt(2) == 0) {
      parts.add(new Part(new Box(-w / 2, 0, h, w / 2, 0.04, top), seat));
    } else {
      parts.add(new Part(new Box(-w / 2, 0, h, -w / 2 + 0.04, 0.04, top), frame));
      parts.add(new Part(new Box(w / 2 - 0.04, 0, h, w / 2, 0.04, top), frame));
      parts.add(new Part(new Box(-w / 2, 0.005, top - 0.16, w / 2, 0.035, top - 0.02), seat));
      parts.add(new Part(new Box(-w / 2, 0.005, h + 0.12, w / 2, 0.035, h + 0.22), seat));
    }
    if (random.nextInt(4) == 0) {
      parts.add(new Part(new Box(-w / 2 - 0.04, 0, h + 0.18, -w / 2, w, h + 0.22), frame));
      parts.add(new Part(new Box(w / 2, 0, h + 0.18, w / 2 + 0.04, w, h + 0.22), frame));
    }
    return new Piece(parts, w + 0.08, w);
  }

  Piece stool() {
    Material frame = Material.matt(RoomClass.CHAIR, palette.furniture());
    Material seat = Material.matt(RoomClass.CHAIR, palette.cloth());
    double r = palette.between(0.17, 0.24);
    double h = palette.between(0.42, 0.65);
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(Cone.cylinder(0, r, h - 0.07, h, r), seat));
    parts.add(new Part(Cone.cylinder(0, r, 0.03, h - 0.07, 0.03), frame));
    parts.add(new Part(Cone.cylinder(0, r, 0, 0.03, 0.8 * r), frame));
    return new Piece(parts, 2 * r, 2 * r);
  }

  Piece sofa() {
    Material body = Material.matt(RoomClass.SOFA, palette.cloth());
    Material cushion =
        random.nextInt(3) == 0 ? Material.matt(RoomClass.SOFA, palette.printed()) : body;
    int seats = 1 + random.nextInt(3);
    double seat = palette.between(0.55, 0.7);
    double arm = palette.between(0.12, 0.22);
    double w = seats * seat + 2 * arm;
    double d = palette.between(0.8, 0.95);
    double h = palette.between(0.38, 0.45);
    double back = palette.between(0.75, 0.95);
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(new Box(-w / 2, 0, 0.06, w / 2, d, h - 0.12), body));
    parts.add(new Part(new Box(-w / 2, 0, h - 0.12, w / 2, 0.22, back), body));
    parts.add(new Part(new Box(-w / 2, 0, h - 0.12, -w / 2 + arm, d, h + 0.2), body));
    parts.add(new Part(new Box(w / 2 - arm, 0, h - 0.12, w / 2, d, h + 0.2), body));
    for (int i = 0; i < seats; i++) {
      double left = -w / 2 + arm + i * seat;
      parts.add(
          new Part(
              new Box(left + 0.01, 0.22, h - 0.11, left + seat - 0.01, d + 0.02, h + 0.02),
              cushion));
      if (random.nextInt(2) == 0) {
        Material pillow = Material.matt(RoomClass.SOFA, palette.printed());
        double x = left + seat * palette.between(0.4, 0.6);
        parts.add(new Part(new Ball(x, 0.32, h + 0.2, 0.2, 0.1, 0.19), pillow));
      }
    }
    return new Piece(parts, w, d);
  }

  Piece bed() {
    Material frame = Material.matt(RoomClass.BED, palette.furniture());
    Material sheet =
        Material.matt(
            RoomClass.BED, Texture.fabric(Colour.gray(palette.between(0.6, 0.9)), palette.seed()));
    Material blanket = Material.matt(RoomClass.BED, palette.printed());
    boolean twin = random.nextInt(2) == 0;
    double w = twin ? palette.between(1.4, 1.8) : palette.between(0.9, 1.1);
    double d = palette.between(1.95, 2.1);
    double h = palette.between(0.42, 0.6);
    double head = h + palette.between(0.25, 0.6);
    double fold = palette.between(0.5, 0.9);
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(new Box(-w / 2, 0, 0.1, w / 2, d, h - 0.2), frame));
    legs(parts, w, d, 0.1, 0.07, frame);
    parts.add(new Part(new Box(-w / 2, 0, 0, w / 2, 0.06, head), frame));
    parts.add(new Part(new Box(-w / 2 + 0.02, 0.06, h - 0.2, w / 2 - 0.02, d - 0.02, h), sheet));
    parts.add(
        new Part(
            new Box(-w / 2 - 0.03, fold, h - 0.22, w / 2 + 0.03, d + 0.03, h + 0.05), blanket));
    int pillows = twin ? 2 : 1;
    Material pillow =
        random.nextInt(2) == 0 ? sheet : Material.matt(RoomClass.BED, palette.printed());
    for (int i = 0; i < pillows; i++) {
      double x = (i + 0.5) * w / pillows - w / 2;
      parts.add(new Part(new Ball(x, 0.32, h + 0.05, 0.8 * w / pillows / 2, 0.22, 0.12), pillow));
    }
    return new Piece(parts, w + 0.06, d + 0.03);
  }

  static void legs(
      List<Part> parts,
      double width,
      double depth,
      double height,
      double thick,
      Material material) {
    for (int i = 0; i < 4; i++) {
      double x = i % 2 == 0 ? -width / 2 : width / 2 - thick;
      double y = i / 2 == 0 ? 0 : depth - thick;
      parts.add(new Part(new Box(x, y, 0, x + thick, y + thick, height), material));
    }
  }
}
