package io.auxgrad.mtl.predict;

/**
 * The colour map "viridis" of Smith, van der Walt and Firing (2015), in which equal steps look
 * equal, as the polynomial of degree 6 that Zucker fitted to it.
 */
final class Viridis {
  private static final double[][] COEFFICIENTS = {
    {0.2777273272234177, 0.005407344544966578, 0.3340998053353061},
    {0.1050930431085774, 1.404613529898575, 1.384590162594685},
    {-0.3308618287255563, 0.214847559468213, 0.09509516302823659},
    {-4.634230498983486, -5.799100973351585, -19.33244095627987},
    {6.228269936347081, 14.17993336680509, 56.69055260068105},
    {4.776384997670288, -13.74514537774601, -65.35303263337234},
    {-5.435455855934631, 4.645852612178535, 26.3124352495825}
  };

  private Viridis() {}

  /** The colour of {@code t}: dark violet at 0, yellow at 1; beyond, that of the nearer end. */
  static int colour(double t) {
    double x = Math.clamp(t, 0.0, 1.0);
    double[] rgb = new double[3];
    for (int c = 0; c < 3; c++) {
      for (int power = COEFFICIENTS.length - 1; power >= 0; power--) {
        rgb[c] = rgb[c] * x + COEFFICIENTS[power][c];
      }
    }
    return ClassColours.rgb(rgb[0], rgb[1], rgb[2]);
  }
}
