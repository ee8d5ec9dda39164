package io.auxgrad.mtl.render;

/**
 * A front divided into fields by grooves: doors, drawers, wardrobes.
 *
 * @param inner what the fields are made of
 * @param width width of a field in metres
 * @param height height of a field in metres
 */
record Panel(Texture inner, double width, double height) implements Texture {
  private static final double GROOVE = 0.012;
  private static final double BEVEL = 0.05;

  @Override
  public void at(double u, double v, double[] rgb) {
    inner.at(u, v, rgb);
    double x = u - width * Math.floor(u / width);
    double y = v - height * Math.floor(v / height);
    double rim = Math.min(Math.min(x, width - x), Math.min(y, height - y));
    double shade = rim < GROOVE ? 0.3 : rim < BEVEL ? 1 : rim < BEVEL + GROOVE ? 0.6 : 0.92;
    for (int c = 0; c < 3; c++) {
      rgb[c] *= shade;
    }
  }
}
