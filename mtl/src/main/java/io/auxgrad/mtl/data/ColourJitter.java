package io.auxgrad.mtl.data;

/**
 * A change of colours as one affine map of (red, green, blue): hue, then saturation, then contrast
 * about the image's mean gray, then brightness.
 *
 * @param brightness factor on all channels, 1 = unchanged
 * @param contrast factor on the distance from the mean gray, 1 = unchanged
 * @param saturation factor on the distance from the pixel's own gray, 1 = unchanged
 * @param hue rotation of the hue in turns, 0 = unchanged
 */
record ColourJitter(float brightness, float contrast, float saturation, float hue) {
  static final ColourJitter NONE = new ColourJitter(1, 1, 1, 0);

  private static final float[] GRAY = {0.299f, 0.587f, 0.114f};
  // RGB to YIQ, where hue is the angle in the I-Q plane, and back.
  private static final float[][] TO_YIQ = {
    {0.299f, 0.587f, 0.114f}, {0.596f, -0.274f, -0.322f}, {0.211f, -0.523f, 0.312f}
  };
  private static final float[][] FROM_YIQ = {
    {1, 0.956f, 0.621f}, {1, -0.272f, -0.647f}, {1, -1.106f, 1.703f}
  };

  /**
   * Rows of the 3x4 map for an image of the given mean gray, values 0..255; null if nothing
   * changes.
   */
  float[][] matrix(float meanGray) {
    if (equals(NONE)) {
      return null;
    }
    float[][] rotated = hueMatrix();
    float[][] matrix = new float[3][4];
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 3; column++) {
        // Gray is the same before and after the rotation.
        float saturated = saturation * rotated[row][column] + (1 - saturation) * GRAY[column];
        matrix[row][column] = brightness * contrast * saturated;
      }
      matrix[row][3] = brightness * (1 - contrast) * meanGray;
    }
    return matrix;
  }

  static float meanGray(byte[] rgb) {
    double sum = 0;
    for (int i = 0; i < rgb.length; i += 3) {
      sum +=
          GRAY[0] * (rgb[i] & 0xFF) + GRAY[1] * (rgb[i + 1] & 0xFF) + GRAY[2] * (rgb[i + 2] & 0xFF);
    }
    return (float) (3 * sum / rgb.length);
  }

  private float[][] hueMatrix() {
    if (hue == 0) {
      return new float[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    }
    float cos = (float) StrictMath.cos(2 * Math.PI * hue);
    float sin = (float) StrictMath.sin(2 * Math.PI * hue);
    float[][] turn = {{1, 0, 0}, {0, cos, -sin}, {0, sin, cos}};
    return multiply(FROM_YIQ, multiply(turn, TO_YIQ));
  }

  private static float[][] multiply(float[][] a, float[][] b) {
    float[][] product = new float[3][3];
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 3; column++) {
        for (int k = 0; k < 3; k++) {
          product[row][column] += a[row][k] * b[k][column];
        }
      }
    }
    return product;
  }
}
