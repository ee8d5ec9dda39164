package io.auxgrad.mtl.render;

import io.auxgrad.tensor.Philox;

/** Random colours and textures, each within what such a thing usually looks like. */
final class Palette {
  private final Philox random;

  Palette(Philox random) {
    this.random = random;
  }

  /** The paint or paper of walls: mostly pale. */
  Texture wall() {
    Colour paint = Colour.hsv(hue(), between(0, 0.3), between(0.7, 0.95));
    Colour strong = Colour.hsv(hue(), between(0.3, 0.65), between(0.45, 0.85));
    return switch (random.nextInt(8)) {
      case 0 -> Texture.plain(strong, seed());
      case 1 -> new Pattern(kind(), paint, paint.mix(strong, 0.5), between(0.12, 0.35), seed());
      case 2 ->
          Texture.bricks(
              Colour.hsv(between(0, 0.07), between(0.2, 0.6), between(0.5, 0.8)), paint, seed());
      default -> Texture.plain(paint, seed());
    };
  }

  /** A floor of planks, tiles or carpet. */
  Material floor() {
    Colour tile = Colour.hsv(between(0, 0.15), between(0, 0.35), between(0.5, 0.9));
    return switch (random.nextInt(5)) {
      case 0 ->
          Material.glossy(
              RoomClass.FLOOR,
              Texture.tiles(
                  tile,
                  random.nextInt(2) == 0 ? tile : tile.times(between(0.4, 0.8)),
                  Colour.gray(between(0.1, 0.5)),
                  between(0.2, 0.5),
                  seed()));
      case 1 ->
          Material.matt(
              RoomClass.FLOOR,
              Texture.fabric(Colour.hsv(hue(), between(0, 0.4), between(0.4, 0.8)), seed()));
      default -> new Material(RoomClass.FLOOR, wood(between(0.09, 0.18)), 0.12, 0);
    };
  }

  Texture ceiling() {
    return Texture.plain(
        Colour.hsv(between(0.08, 0.16), between(0, 0.08), between(0.88, 0.98)), seed());
  }

  /** Wood, with planks of a width in metres or 0 for none. */
  Texture wood(double plank) {
    double hue = between(0.045, 0.1);
    double value = between(0.35, 0.85);
    double saturation = between(0.3, 0.65);
    Colour light = Colour.hsv(hue, saturation, value);
    return Texture.wood(light, Colour.hsv(hue, saturation + 0.1, 0.6 * value), plank, seed());
  }

  /** Wood or paint, for furniture. */
  Texture furniture() {
    return switch (random.nextInt(5)) {
      case 0 -> Texture.plain(Colour.gray(between(0.6, 0.9)), seed());
      case 1 -> Texture.plain(Colour.hsv(hue(), between(0.1, 0.6), between(0.25, 0.85)), seed());
      default -> wood(0);
    };
  }

  /** Cloth in one colour. */
  Texture cloth() {
    return Texture.fabric(Colour.hsv(hue(), between(0.05, 0.75), between(0.25, 0.9)), seed());
  }

  /** Cloth in one or two colours. */
  Texture printed() {
    if (random.nextInt(2) == 0) {
      return cloth();
    }
    Colour ground = Colour.hsv(hue(), between(0.05, 0.6), between(0.4, 0.95));
    Colour figure = Colour.hsv(hue(), between(0.2, 0.8), between(0.2, 0.9));
    return new Pattern(kind(), ground, figure, between(0.08, 0.3), seed());
  }

  Texture metal() {
    return Texture.plain(Colour.gray(between(0.05, 0.5)), seed());
  }

  Texture dark() {
    return Texture.plain(Colour.gray(between(0.01, 0.04)), seed());
  }

  Texture leaves() {
    return Texture.fabric(
        Colour.hsv(between(0.22, 0.38), between(0.5, 0.85), between(0.25, 0.6)), seed());
  }

  Texture bright() {
    return Texture.plain(Colour.hsv(hue(), between(0.4, 0.9), between(0.5, 0.95)), seed());
  }

  Texture shade() {
    return Texture.fabric(Colour.hsv(between(0.08, 0.15), between(0.1, 0.4), 0.95), seed());
  }

  Texture outdoors() {
    Colour sky = Colour.hsv(between(0.53, 0.6), between(0.1, 0.5), 1);
    Colour ground = Colour.hsv(between(0.1, 0.36), between(0.2, 0.6), between(0.4, 0.8));
    return new Outdoors(between(0.1, 0.8), sky, ground, seed());
  }

  double between(double low, double high) {
    return low + (high - low) * random.nextFloat();
  }

  int seed() {
    return random.nextInt();
  }

  private double hue() {
    return random.nextFloat();
  }

  private Pattern.Kind kind() {
    Pattern.Kind[] kinds = Pattern.Kind.values();
    return kinds[random.nextInt(kinds.length)];
  }
}
