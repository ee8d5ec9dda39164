package io.auxgrad.mtl.predict;

/** A colour for each class, the same in all pictures. */
final class ClassColours {
  static final int IGNORED = 0x000000;

  // Hues that follow each other at the golden angle stay apart however many classes there are.
  private static final double GOLDEN = 0.618033988749895;

  private ClassColours() {}

  /** The colour of class {@code id} from 0; black for -1, ignored. */
  static int of(int id) {
    if (id < 0) {
      return IGNORED;
    }
    double hue = (0.58 + GOLDEN * id) % 1;
    double saturation = new double[] {0.45, 0.8, 0.6}[id % 3];
    double value = new double[] {0.95, 0.85, 0.6, 0.75}[id % 4];
    return rgb(
        channel(hue, 5, saturation, value),
        channel(hue, 3, saturation, value),
        channel(hue, 1, saturation, value));
  }

  static int rgb(double r, double g, double b) {
    return level(r) << 16 | level(g) << 8 | level(b);
  }

  private static int level(double value) {
    return Math.clamp(Math.round(255 * value), 0, 255);
  }

  private static double channel(double hue, int offset, double saturation, double value) {
    double k = (offset + 6 * hue) % 6;
    return value - value * saturation * Math.max(0, Math.min(Math.min(k, 4 - k), 1));
  }
}
