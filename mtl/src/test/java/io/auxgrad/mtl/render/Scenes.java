package io.auxgrad.mtl.render;

import java.util.ArrayList;
import java.util.List;

/** Plain scenes whose geometry is known. */
final class Scenes {
  static final Film FILM = new Film(0.4, Colour.WHITE, 0, 0, 1);

  private Scenes() {}

  /** A room of (width, depth, height) with walls in one gray, and items in it. */
  static Scene room(Shell shell, Camera camera, List<Light> lights, Item... items) {
    Texture gray = (u, v, rgb) -> Colour.gray(0.5).write(1, rgb);
    Material wall = Material.matt(RoomClass.WALL, gray);
    Material floor = Material.matt(RoomClass.FLOOR, gray);
    Material ceiling = Material.matt(RoomClass.CEILING, gray);
    List<Item> all = new ArrayList<>();
    all.add(
        new Item(
            List.of(new Part(shell, List.of(wall, wall, wall, wall, floor, ceiling))),
            0,
            0,
            0,
            0,
            false));
    all.addAll(List.of(items));
    return new Scene(all, lights, Colour.gray(0.5), camera, FILM);
  }

  static Item item(Solid solid, double x, double y, double z, double yaw) {
    Texture gray = (u, v, rgb) -> Colour.gray(0.5).write(1, rgb);
    return new Item(
        List.of(new Part(solid, Material.matt(RoomClass.OBJECT, gray))), x, y, z, yaw, true);
  }
}
