package io.auxgrad.mtl.render;

/** A linear (not gamma-coded) colour, 0..1. */
record Colour(double r, double g, double b) {
  static final Colour WHITE = gray(1);

  static Colour gray(double value) {
    return new Colour(value, value, value);
  }

  /** From hue in turns, saturation and brightness, as a painter would name them (gamma-coded). */
  static Colour hsv(double hue, double saturation, double value) {
    double h = 6 * (hue - Math.floor(hue));
    return new Colour(
        linear(channel(h, 5, saturation, value)),
        linear(channel(h, 3, saturation, value)),
        linear(channel(h, 1, saturation, value)));
  }

  Colour times(double factor) {
    return new Colour(factor * r, factor * g, factor * b);
  }

  Colour mix(Colour other, double weight) {
    return new Colour(
        r + weight * (other.r - r), g + weight * (other.g - g), b + weight * (other.b - b));
  }

  void write(double factor, double[] rgb) {
    rgb[0] = factor * r;
    rgb[1] = factor * g;
    rgb[2] = factor * b;
  }

  void write(Colour other, double weight, double factor, double[] rgb) {
    rgb[0] = factor * (r + weight * (other.r - r));
    rgb[1] = factor * (g + weight * (other.g - g));
    rgb[2] = factor * (b + weight * (other.b - b));
  }

  private static double channel(double h, int offset, double saturation, double value) {
    double k = (offset + h) % 6;
    return value - value * saturation * Math.max(0, Math.min(Math.min(k, 4 - k), 1));
  }

  private static double linear(double coded) {
    return StrictMath.pow(coded, 2.2);
  }
}
