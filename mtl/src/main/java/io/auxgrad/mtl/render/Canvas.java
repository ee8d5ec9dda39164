package io.auxgrad.mtl.render;

import io.auxgrad.tensor.Philox;

/** A painting: a ground that changes from top to bottom, with discs and bars upon it. */
final class Canvas implements Texture {
  private record Figure(
      boolean disc, double x, double y, double width, double height, Colour colour) {
    boolean covers(double u, double v) {
      double dx = (u - x) / width;
      double dy = (v - y) / height;
      return disc ? dx * dx + dy * dy < 1 : Math.abs(dx) < 1 && Math.abs(dy) < 1;
    }
  }

  private final double width;
  private final double height;
  private final Colour top;
  private final Colour bottom;
  private final Figure[] figures;

  Canvas(double width, double height, Philox random) {
    this.width = width;
    this.height = height;
    top = bright(random);
    bottom = bright(random);
    figures = new Figure[3 + random.nextInt(5)];
    for (int i = 0; i < figures.length; i++) {
      boolean disc = random.nextFloat() < 0.5f;
      double half = random.uniform(0.08f, 0.35f);
      figures[i] =
          new Figure(
              disc,
              random.nextFloat(),
              random.nextFloat(),
              half,
              disc ? half * width / height : random.uniform(0.03f, 0.3f),
              bright(random));
    }
  }

  @Override
  public void at(double u, double v, double[] rgb) {
    double x = u / width;
    double y = v / height;
    Colour colour = null;
    for (Figure figure : figures) {
      colour = figure.covers(x, y) ? figure.colour : colour;
    }
    if (colour == null) {
      bottom.write(top, y, 1, rgb);
    } else {
      colour.write(1, rgb);
    }
  }

  private static Colour bright(Philox random) {
    return Colour.hsv(random.nextFloat(), random.uniform(0.1f, 0.9f), random.uniform(0.3f, 1));
  }
}
