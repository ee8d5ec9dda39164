package io.auxgrad.mtl.render;

/**
 * How the camera turns light into bytes: exposure, white balance, vignette, tone curve and sensor
 * noise.
 *
 * @param brightness mean of the picture after exposure, in units of full light
 * @param tint white balance
 * @param vignette how much darker the corners are, 0..1
 * @param noise amplitude of the sensor's noise, in steps of 8 bits
 * @param seed of the noise
 */
record Film(double brightness, Colour tint, double vignette, double noise, int seed) {
  private static final double RANGE = 6;
  private static final int STEPS = 4096;
  // By the square root of light, so that dark tones get their share of the steps.
  private static final float[] CURVE = curve();

  /** Develops radiance {@code [H,W,3]} into sRGB bytes. */
  byte[] develop(float[] light, int height, int width) {
    double sum = 0;
    for (float value : light) {
      sum += Math.min(value, RANGE);
    }
    double exposure = brightness * light.length / Math.max(sum, 1e-6);
    double[] gain = {exposure * tint.r(), exposure * tint.g(), exposure * tint.b()};
    byte[] rgb = new byte[light.length];
    for (int y = 0; y < height; y++) {
      double v = (2 * y + 1.0 - height) / height;
      for (int x = 0; x < width; x++) {
        double u = (2 * x + 1.0 - width) / width;
        double fall = 1 - vignette * (u * u + v * v) / 2;
        int pixel = y * width + x;
        for (int c = 0; c < 3; c++) {
          double shown = Math.min(RANGE, Math.max(0, light[3 * pixel + c] * gain[c] * fall));
          double tone = CURVE[(int) (Math.sqrt(shown / RANGE) * (STEPS - 1))];
          rgb[3 * pixel + c] = (byte) Math.clamp((int) (tone + grain(3 * pixel + c) + 0.5), 0, 255);
        }
      }
    }
    return rgb;
  }

  private double grain(int index) {
    double triangle = Noise.at(index, 0, seed) + Noise.at(index, 1, seed) - 1;
    return noise * triangle;
  }

  // A shoulder that lets highlights fade instead of clipping (Reinhard et al., 2002), then sRGB's
  // gamma.
  private static float[] curve() {
    float[] curve = new float[STEPS];
    for (int i = 0; i < STEPS; i++) {
      double light = RANGE * i * i / ((double) (STEPS - 1) * (STEPS - 1));
      double white = 4;
      double toned = Math.min(1, light * (1 + light / (white * white)) / (1 + light) * 1.35);
      double coded =
          toned <= 0.0031308 ? 12.92 * toned : 1.055 * StrictMath.pow(toned, 1 / 2.4) - 0.055;
      curve[i] = (float) (255 * coded);
    }
    return curve;
  }
}
