package io.auxgrad.mtl.render;

import io.auxgrad.mtl.render.FloorPlan.Place;
import io.auxgrad.tensor.Philox;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Invents furnished rooms, each from its own stream of random numbers. */
final class RoomDesigner {
  private static final int MAX_LIGHTS = 3;
  private static final double SKIRTING = 0.012;

  private final Philox random;
  private final Palette palette;
  private final Ornaments ornaments;
  private final Seats seats;
  private final Tables tables;
  private final Storage storage;
  private final Hangings hangings;
  private final Shell room;
  private final FloorPlan plan;
  private final List<Light> lights = new ArrayList<>();

  private RoomDesigner(Philox random) {
    this.random = random;
    palette = new Palette(random);
    ornaments = new Ornaments(random, palette);
    seats = new Seats(random, palette);
    tables = new Tables(random, palette, ornaments);
    storage = new Storage(random, palette, ornaments);
    hangings = new Hangings(random, palette);
    room = new Shell(palette.between(3, 5.2), palette.between(3, 5.2), palette.between(2.35, 2.8));
    plan = new FloorPlan(room, random);
  }

  static Scene design(Philox random) {
    return new RoomDesigner(random).design();
  }

  private Scene design() {
    Camera camera = camera();
    plan.reserve(camera.position().x(), camera.position().y(), 0.55);
    // Before the camera stays free what would fill the image.
    Vec ahead = camera.position().plus(camera.forward().times(0.8));
    plan.reserve(ahead.x(), ahead.y(), 0.3);
    openings();
    furnish();
    decorate();
    lamps();
    List<Item> items = new ArrayList<>();
    items.add(shell());
    items.add(skirting());
    items.addAll(plan.items());
    Colour ambient =
        Colour.hsv(palette.between(0, 1), palette.between(0, 0.12), 1)
            .times(palette.between(0.5, 1.1));
    return new Scene(items, lights, ambient, camera, film());
  }

  private Camera camera() {
    double x = palette.between(0.35, 1.3);
    double y = palette.between(0.35, room.depth() - 0.35);
    double aimX = palette.between(0.55, 0.95) * room.width();
    double aimY = palette.between(0.15, 0.85) * room.depth();
    int side = random.nextInt(4);
    double eyeX = side % 2 == 0 ? x : x / room.width() * room.depth();
    Vec eye = onSide(side, eyeX, y);
    Vec aim = onSide(side, aimX, aimY);
    double height = palette.between(1.05, 1.75);
    double yaw = StrictMath.atan2(aim.y() - eye.y(), aim.x() - eye.x());
    double pitch = palette.between(-0.42, -0.02);
    double roll = palette.between(-0.05, 0.05);
    return Camera.looking(new Vec(eye.x(), eye.y(), height), yaw, pitch, roll, Camera.KINECT);
  }

  // The room seen from each of its sides: mirrored along x, and with the axes exchanged.
  private Vec onSide(int side, double x, double y) {
    double px = side < 2 ? x : room.width() - x;
    if (side % 2 == 0) {
      return new Vec(px, y, 0);
    }
    return new Vec(px, room.depth() - y, 0);
  }

  private Item shell() {
    Material paper = Material.matt(RoomClass.WALL, palette.wall());
    Material accent =
        random.nextInt(3) == 0 ? Material.matt(RoomClass.WALL, palette.wall()) : paper;
    Material ceiling = Material.matt(RoomClass.CEILING, palette.ceiling());
    List<Material> faces = List.of(paper, accent, paper, paper, palette.floor(), ceiling);
    return new Item(List.of(new Part(room, faces)), 0, 0, 0, 0, false);
  }

  private Item skirting() {
    Material wood = Material.matt(RoomClass.WALL, palette.furniture());
    double h = palette.between(0.05, 0.12);
    double w = room.width();
    double d = room.depth();
    List<Part> parts =
        List.of(
            new Part(new Box(0, 0, 0, w, SKIRTING, h), wood),
            new Part(new Box(0, d - SKIRTING, 0, w, d, h), wood),
            new Part(new Box(0, 0, 0, SKIRTING, d, h), wood),
            new Part(new Box(w - SKIRTING, 0, 0, w, d, h), wood));
    return new Item(parts, 0, 0, 0, 0, false);
  }

  private void openings() {
    for (int i = random.nextInt(3); i > 0; i--) {
      double sill = palette.between(0.75, 1.05);
      double height = palette.between(0.9, Math.min(1.4, room.height() - sill - 0.25));
      Place place = plan.alongWall(hangings.window(palette.between(0.8, 1.7), height), sill, 0);
      if (place != null) {
        Place inside = FloorPlan.before(place, 0.4, 0, 0);
        Colour day = Colour.hsv(palette.between(0.05, 0.62), palette.between(0, 0.15), 1);
        light(inside.x(), inside.y(), sill + height / 2, 0.45, day.times(palette.between(1.5, 6)));
      }
    }
    if (random.nextInt(3) > 0) {
      plan.alongWall(hangings.door(), 0, 0.5);
    }
  }

  private void furnish() {
    switch (random.nextInt(4)) {
      case 0 -> bedroom();
      case 1 -> livingRoom();
      case 2 -> diningRoom();
      default -> study();
    }
    for (int i = 2 + random.nextInt(3); i > 0; i--) {
      plan.alongWall(extra(), 0, 0);
    }
    open(random.nextInt(3), ornaments::clutter);
    floorLamp();
  }

  private Piece extra() {
    return switch (random.nextInt(7)) {
      case 0 -> storage.shelf();
      case 1 -> storage.dresser();
      case 2 -> seats.chair();
      case 3 -> seats.sofa();
      case 4 -> tables.desk();
      case 5 -> tables.coffee();
      default -> ornaments.plant();
    };
  }

  private void bedroom() {
    alongWalls(1, seats::bed);
    alongWalls(2, storage::nightStand);
    alongWalls(1, storage::wardrobe);
    alongWalls(random.nextInt(2), storage::dresser);
    open(random.nextInt(2), seats::stool);
  }

  private void livingRoom() {
    Piece sofa = seats.sofa();
    Place place = plan.alongWall(sofa, 0, 0);
    if (place != null) {
      Piece table = tables.coffee();
      Place front =
          FloorPlan.before(place, sofa.depth() + palette.between(0.3, 0.6), 0, place.yaw());
      if (plan.put(table, front, 0, 0) && random.nextInt(3) > 0) {
        rug(FloorPlan.before(front, table.depth() / 2, 0, place.yaw()));
      }
    }
    alongWalls(1, storage::sideboard);
    alongWalls(1, seats::sofa);
    alongWalls(1, storage::shelf);
  }

  private void diningRoom() {
    Piece table = tables.dining();
    Place place = plan.inTheOpen(table, 0.5);
    if (place != null) {
      chairs(table, place);
      if (random.nextInt(3) == 0) {
        rug(FloorPlan.before(place, table.depth() / 2, 0, place.yaw()));
      }
    }
    alongWalls(random.nextInt(3), storage::kitchen);
    alongWalls(1, storage::sideboard);
  }

  private void study() {
    Piece desk = tables.desk();
    Place place = plan.alongWall(desk, 0, 0);
    if (place != null) {
      double ahead = desk.depth() + palette.between(0.3, 0.6);
      plan.put(
          seats.chair(),
          FloorPlan.before(place, ahead, 0, place.yaw() + Math.PI + palette.between(-0.5, 0.5)),
          0,
          0);
    }
    alongWalls(2, storage::shelf);
    alongWalls(1, storage::dresser);
    alongWalls(random.nextInt(2), seats::sofa);
  }

  // On the long sides, backs outwards, pushed in to some extent.
  private void chairs(Piece table, Place place) {
    Piece chair = seats.chair();
    int perSide = table.width() > 1.2 ? 2 : 1;
    for (int i = 0; i < 2 * perSide; i++) {
      if (random.nextInt(5) == 0) {
        continue;
      }
      boolean far = i >= perSide;
      double aside = ((i % perSide + 0.5) / perSide - 0.5) * table.width();
      double out = palette.between(0.2, 0.5);
      double yaw = place.yaw() + (far ? Math.PI : 0) + palette.between(-0.2, 0.2);
      plan.add(chair, FloorPlan.before(place, far ? table.depth() + out : -out, aside, yaw), 0);
    }
  }

  private void rug(Place middle) {
    Piece rug = hangings.rug();
    plan.add(rug, FloorPlan.centred(rug, middle.x(), middle.y(), middle.yaw()), 0);
  }

  private void decorate() {
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      Piece picture = hangings.picture(palette.between(0.3, 1), palette.between(0.3, 0.8));
      plan.alongWall(picture, palette.between(1.15, 1.6), 0);
    }
    if (random.nextInt(2) == 0) {
      Vec middle =
          new Vec(
              palette.between(0.35, 0.65) * room.width(),
              palette.between(0.35, 0.65) * room.depth(),
              0);
      rug(
          new Place(
              middle.x(),
              middle.y(),
              random.nextInt(4) * Math.PI / 2 + palette.between(-0.15, 0.15)));
    }
  }

  private void lamps() {
    if (!lights.isEmpty() && random.nextInt(4) == 0) {
      return;
    }
    Place place =
        new Place(
            palette.between(0.4, 0.6) * room.width(), palette.between(0.4, 0.6) * room.depth(), 0);
    Piece lamp = ornaments.ceilingLamp();
    plan.add(lamp, place, room.height());
    light(place.x(), place.y(), room.height() - 0.5, 0.25, warm().times(palette.between(3, 7)));
  }

  private void floorLamp() {
    Place place = random.nextInt(3) == 0 ? plan.alongWall(ornaments.floorLamp(), 0, 0) : null;
    if (place != null) {
      Place middle = FloorPlan.before(place, 0.2, 0, 0);
      light(middle.x(), middle.y(), 1.4, 0.15, warm().times(palette.between(1, 2.5)));
    }
  }

  private Colour warm() {
    return Colour.hsv(palette.between(0.07, 0.14), palette.between(0, 0.35), 1);
  }

  private void light(double x, double y, double z, double radius, Colour colour) {
    if (lights.size() < MAX_LIGHTS) {
      lights.add(new Light(new Vec(x, y, z), radius, colour));
    }
  }

  private void alongWalls(int count, Supplier<Piece> piece) {
    for (int i = 0; i < count; i++) {
      plan.alongWall(piece.get(), 0, 0);
    }
  }

  private void open(int count, Supplier<Piece> piece) {
    for (int i = 0; i < count; i++) {
      plan.inTheOpen(piece.get(), 0.2);
    }
  }

  private Film film() {
    Colour tint = new Colour(palette.between(0.92, 1.08), 1, palette.between(0.9, 1.1));
    return new Film(
        palette.between(0.28, 0.55),
        tint,
        palette.between(0, 0.35),
        palette.between(1, 6),
        palette.seed());
  }
}
