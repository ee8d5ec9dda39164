package io.auxgrad.mtl.render;

/**
 * What is seen through a window: sky above, greenery or houses below.
 *
 * @param horizon height of the horizon above the lower edge, in metres
 */
record Outdoors(double horizon, Colour sky, Colour ground, int seed) implements Texture {
  @Override
  public void at(double u, double v, double[] rgb) {
    double skyline =
        horizon
            + 0.5 * (Noise.smooth(1.6 * u, 0, seed) - 0.5)
            + 0.15 * Noise.smooth(9 * u, 1, seed);
    if (v > skyline) {
      sky.write(Colour.WHITE, 0.7 * Noise.smooth(1.3 * u, 2 * v, seed), 1, rgb);
    } else {
      ground.write(0.3 + 0.5 * Noise.smooth(12 * u, 12 * v, seed), rgb);
    }
  }
}
