package io.auxgrad.mtl.render;

import io.auxgrad.tensor.Philox;
import java.util.ArrayList;
import java.util.List;

/** Where things stand in a room: finds free places for pieces and keeps them from each other. */
final class FloorPlan {
  private static final int TRIES = 14;
  private static final double GAP = 0.03;
  private static final double WALL_GAP = 0.02;
  private static final double QUARTER = Math.PI / 2;

  /** An upright block of the room that is taken. */
  private record Block(double x0, double y0, double x1, double y1, double z0, double z1) {
    boolean meets(Block o) {
      return x0 < o.x1 && o.x0 < x1 && y0 < o.y1 && o.y0 < y1 && z0 < o.z1 && o.z0 < z1;
    }
  }

  /** A point of the floor and the direction that a piece there faces. */
  record Place(double x, double y, double yaw) {}

  private final Shell room;
  private final Philox random;
  private final List<Block> taken = new ArrayList<>();
  private final List<Item> items = new ArrayList<>();

  FloorPlan(Shell room, Philox random) {
    this.room = room;
    this.random = random;
  }

  List<Item> items() {
    return items;
  }

  /** Keeps a square about (x,y) free. */
  void reserve(double x, double y, double half) {
    taken.add(new Block(x - half, y - half, x + half, y + half, 0, room.height()));
  }

  /**
   * Puts {@code piece} with its back to a wall, {@code z} above the floor; null if no place is
   * free.
   */
  Place alongWall(Piece piece, double z, double clearance) {
    for (int i = 0; i < TRIES; i++) {
      int wall = random.nextInt(4);
      double length = wall % 2 == 0 ? room.width() : room.depth();
      double half = piece.width() / 2 + GAP;
      if (length < 2 * half) {
        continue;
      }
      double along = random.uniform((float) half, (float) (length - half));
      Place place = backedBy(wall, along);
      if (put(piece, place, z, clearance)) {
        return place;
      }
    }
    return null;
  }

  /**
   * Puts {@code piece} anywhere on the floor, its middle away from walls; null if no place is free.
   */
  Place inTheOpen(Piece piece, double margin) {
    double half = Math.max(piece.width(), piece.depth()) / 2 + margin;
    if (room.width() < 2 * half || room.depth() < 2 * half) {
      return null;
    }
    for (int i = 0; i < TRIES; i++) {
      double x = random.uniform((float) half, (float) (room.width() - half));
      double y = random.uniform((float) half, (float) (room.depth() - half));
      double yaw = random.nextInt(4) * QUARTER + random.uniform(-0.2f, 0.2f);
      Place place = centred(piece, x, y, yaw);
      if (put(piece, place, 0, 0)) {
        return place;
      }
    }
    return null;
  }

  /** Puts {@code piece} at a place if it is free. */
  boolean put(Piece piece, Place place, double z, double clearance) {
    Block block = block(piece, place, z, clearance);
    boolean inside =
        block.x0 > -0.01
            && block.y0 > -0.01
            && block.x1 < room.width() + 0.01
            && block.y1 < room.depth() + 0.01;
    if (!inside || block.z1 > room.height() || taken.stream().anyMatch(block::meets)) {
      return false;
    }
    taken.add(block);
    add(piece, place, z);
    return true;
  }

  /** Puts {@code piece} at a place whatever is there. */
  void add(Piece piece, Place place, double z) {
    items.add(piece.at(place.x(), place.y(), z, place.yaw()));
  }

  /** The place of a piece whose footprint's middle is at (x,y). */
  static Place centred(Piece piece, double x, double y, double yaw) {
    double back = piece.depth() / 2;
    return new Place(x + back * StrictMath.sin(yaw), y - back * StrictMath.cos(yaw), yaw);
  }

  /**
   * A point before {@code place}, {@code ahead} metres in the direction it faces and {@code aside}
   * to its right.
   */
  static Place before(Place place, double ahead, double aside, double yaw) {
    double cos = StrictMath.cos(place.yaw());
    double sin = StrictMath.sin(place.yaw());
    return new Place(
        place.x() - ahead * sin + aside * cos, place.y() + ahead * cos + aside * sin, yaw);
  }

  // Wall 0 is at y = 0, the others follow anticlockwise. Things do not touch it: planes would
  // coincide.
  private Place backedBy(int wall, double along) {
    return switch (wall) {
      case 0 -> new Place(along, WALL_GAP, 0);
      case 1 -> new Place(room.width() - WALL_GAP, along, QUARTER);
      case 2 -> new Place(along, room.depth() - WALL_GAP, 2 * QUARTER);
      default -> new Place(WALL_GAP, along, -QUARTER);
    };
  }

  private Block block(Piece piece, Place place, double z, double clearance) {
    Item item = piece.at(place.x(), place.y(), z, place.yaw());
    double half = piece.width() / 2;
    double depth = piece.depth() + clearance;
    Vec a = item.toWorld(new Vec(-half, 0, 0));
    Vec b = item.toWorld(new Vec(half, 0, 0));
    Vec c = item.toWorld(new Vec(-half, depth, 0));
    Vec d = item.toWorld(new Vec(half, depth, 0));
    return new Block(
        Math.min(Math.min(a.x(), b.x()), Math.min(c.x(), d.x())),
        Math.min(Math.min(a.y(), b.y()), Math.min(c.y(), d.y())),
        Math.max(Math.max(a.x(), b.x()), Math.max(c.x(), d.x())),
        Math.max(Math.max(a.y(), b.y()), Math.max(c.y(), d.y())),
        z + item.bounds.z0(),
        z + item.bounds.z1());
  }
}
