package io.auxgrad.mtl.render;

/** The colour of a surface by place. */
interface Texture {
  /** Writes the albedo at surface coordinates (u,v), in metres, to {@code rgb}. */
  void at(double u, double v, double[] rgb);

  /** One colour with faint, soft irregularities: paint, plaster, plastic. */
  static Texture plain(Colour colour, int seed) {
    return (u, v, rgb) ->
        colour.write(
            0.93
                + 0.1 * Noise.smooth(3 * u, 3 * v, seed)
                + 0.04 * Noise.smooth(35 * u, 35 * v, seed),
            rgb);
  }

  /** A woven surface in one colour. */
  static Texture fabric(Colour colour, int seed) {
    return (u, v, rgb) ->
        colour.write(
            0.78
                + 0.15 * Noise.smooth(9 * u, 9 * v, seed)
                + 0.25 * Noise.smooth(90 * u, 90 * v, seed),
            rgb);
  }

  /** Wood grain along u; with planks of the given width, or without where that is 0. */
  static Texture wood(Colour light, Colour dark, double plank, int seed) {
    return (u, v, rgb) -> {
      double row = plank > 0 ? Math.floor(v / plank) : 0;
      double shift = u + 3.7 * Noise.at((int) row, 1, seed);
      double board = plank > 0 ? Math.floor(shift / 1.3) : 0;
      double tone = Noise.at((int) row, 2 + (int) board, seed);
      double bend = 0.25 * Noise.smooth(1.5 * u, 5 * v, seed);
      double grain = Noise.smooth(1.2 * u + 9 * tone, 45 * (v + 0.2 * bend), seed);
      boolean gap = plank > 0 && (v / plank - row < 0.05 || shift / 1.3 - board < 0.006);
      light.write(dark, 0.5 * grain + 0.4 * tone + 0.3 * bend, gap ? 0.45 : 1, rgb);
    };
  }

  /** Square tiles with grout between them; neighbours alternate between two colours. */
  static Texture tiles(Colour one, Colour other, Colour grout, double size, int seed) {
    return (u, v, rgb) -> {
      double x = Math.floor(u / size);
      double y = Math.floor(v / size);
      if (u / size - x < 0.03 || v / size - y < 0.03) {
        grout.write(1, rgb);
        return;
      }
      double tone =
          0.88 + 0.14 * Noise.at((int) x, (int) y, seed) + 0.08 * Noise.smooth(6 * u, 6 * v, seed);
      (((int) x + (int) y & 1) == 0 ? one : other).write(tone, rgb);
    };
  }

  /** Bricks in a running bond. */
  static Texture bricks(Colour brick, Colour mortar, int seed) {
    return (u, v, rgb) -> {
      double row = Math.floor(v / 0.075);
      double x = u / 0.24 + 0.5 * ((int) row & 1);
      double column = Math.floor(x);
      if (v / 0.075 - row < 0.14 || x - column < 0.05) {
        mortar.write(1, rgb);
        return;
      }
      brick.write(
          0.7
              + 0.4 * Noise.at((int) column, (int) row, seed)
              + 0.15 * Noise.smooth(30 * u, 30 * v, seed),
          rgb);
    };
  }

  /** Spines of books, standing side by side along u. */
  static Texture books(int seed) {
    Colour[] covers = new Colour[8];
    for (int i = 0; i < covers.length; i++) {
      covers[i] =
          Colour.hsv(
              Noise.at(i, 0, seed),
              0.25 + 0.6 * Noise.at(i, 1, seed),
              0.25 + 0.65 * Noise.at(i, 2, seed));
    }
    return (u, v, rgb) -> {
      double place = u / 0.035;
      double book = Math.floor(place);
      boolean gap = place - book < 0.12;
      boolean title = v > 0.1 && v < 0.13;
      double shade = gap ? 0.2 : title ? 1.5 : 1;
      covers[(int) (covers.length * Noise.at((int) book, 3, seed))].write(shade, rgb);
    };
  }
}
