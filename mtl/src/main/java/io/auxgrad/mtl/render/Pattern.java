package io.auxgrad.mtl.render;

/**
 * A regular pattern of two colours: on curtains, rugs, wallpaper, blankets.
 *
 * @param size length of a repeat in metres
 */
record Pattern(Kind kind, Colour ground, Colour figure, double size, int seed) implements Texture {
  /** The figures. */
  enum Kind {
    STRIPES,
    CHECKS,
    DOTS,
    DIAMONDS,
    WAVES
  }

  @Override
  public void at(double u, double v, double[] rgb) {
    double x = u / size;
    double y = v / size;
    double weave =
        0.85 + 0.15 * Noise.smooth(70 * u, 70 * v, seed) + 0.08 * Noise.smooth(4 * u, 4 * v, seed);
    ground.write(figure, figure(x, y), weave, rgb);
  }

  private double figure(double x, double y) {
    double fx = x - Math.floor(x) - 0.5;
    double fy = y - Math.floor(y) - 0.5;
    return switch (kind) {
      case STRIPES -> fx > 0.1 ? 1 : 0;
      case CHECKS -> (fx > 0 ? 0.5 : 0) + (fy > 0 ? 0.5 : 0);
      case DOTS -> fx * fx + fy * fy < 0.07 ? 1 : 0;
      case DIAMONDS -> Math.abs(fx) + Math.abs(fy) < 0.35 ? 1 : 0;
      case WAVES -> fy > 0.8 * Math.abs(fx) - 0.2 && fy < 0.8 * Math.abs(fx) + 0.2 ? 1 : 0;
    };
  }
}
