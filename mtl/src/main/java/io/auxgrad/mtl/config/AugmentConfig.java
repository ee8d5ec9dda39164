package io.auxgrad.mtl.config;

/**
 * Random changes of training images, drawn anew for each image and epoch. Depth is divided by the
 * zoom, and normals follow the flip.
 *
 * @param flip probability of mirroring left and right
 * @param scaleMin smallest zoom; below 1 the rim is unlabelled
 * @param scaleMax largest zoom; above 1 a random part is shown
 * @param brightness largest relative change
 * @param contrast largest relative change
 * @param saturation largest relative change
 * @param hue largest rotation, in turns
 */
public record AugmentConfig(
    double flip,
    double scaleMin,
    double scaleMax,
    double brightness,
    double contrast,
    double saturation,
    double hue) {
  /** Checks the range. */
  public AugmentConfig {
    Require.between("augment.flip", flip, 0, 1);
    Require.between("augment.scale_min", scaleMin, 0.25, 4);
    Require.between("augment.scale_max", scaleMax, 0.25, 4);
    Require.between("augment.brightness", brightness, 0, 1);
    Require.between("augment.contrast", contrast, 0, 1);
    Require.between("augment.saturation", saturation, 0, 1);
    Require.between("augment.hue", hue, 0, 0.5);
    if (scaleMin > scaleMax) {
      throw new ConfigException(
          "augment.scale_min", "is " + scaleMin + ", above augment.scale_max=" + scaleMax);
    }
  }
}
