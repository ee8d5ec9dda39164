package io.auxgrad.mtl.data;

import io.auxgrad.tensor.Philox;

/**
 * How training images are varied; each value is drawn anew for each image and epoch.
 *
 * @param minScale smallest zoom; below 1 the image shrinks and the rim is unlabelled
 * @param maxScale largest zoom; above 1 a random part of the image is shown. Depth is divided by
 *     the zoom, as if the camera had come nearer.
 * @param flip probability of mirroring left and right (normals are mirrored with the image)
 * @param brightness factor drawn from {@code 1 - brightness .. 1 + brightness}
 * @param contrast factor drawn likewise
 * @param saturation factor drawn likewise
 * @param hue rotation drawn from {@code -hue .. hue}, in turns
 */
public record Augmentation(
    float minScale,
    float maxScale,
    float flip,
    float brightness,
    float contrast,
    float saturation,
    float hue) {
  private static final long DOMAIN = 0x6175676d656e7431L;

  /** Checks the ranges. */
  public Augmentation {
    boolean scales = minScale > 0 && maxScale >= minScale;
    if (!scales
        || flip < 0
        || flip > 1
        || out(brightness)
        || out(contrast)
        || out(saturation)
        || out(hue)) {
      throw new IllegalArgumentException(
          "augmentation needs 0 < minScale <= maxScale and the other values in 0..1, got scale "
              + "%s..%s, flip %s, brightness %s, contrast %s, saturation %s, hue %s"
                  .formatted(minScale, maxScale, flip, brightness, contrast, saturation, hue));
    }
  }

  /** Images as they are. */
  public static Augmentation none() {
    return new Augmentation(1, 1, 0, 0, 0, 0, 0);
  }

  /**
   * Zoom 1..1.5 with a random crop, mirroring of every second image, moderate changes of colour.
   */
  public static Augmentation standard() {
    return new Augmentation(1, 1.5f, 0.5f, 0.25f, 0.25f, 0.25f, 0.03f);
  }

  /**
   * What happens to sample {@code index} in {@code epoch}: depends on these numbers and the seed
   * alone.
   */
  View draw(long seed, int epoch, int index) {
    Philox random = new Philox(seed ^ DOMAIN, (long) epoch << 32 | index);
    float scale = random.uniform(minScale, maxScale);
    float left = random.nextFloat();
    float top = random.nextFloat();
    boolean mirrored = random.nextFloat() < flip;
    return new View(
        scale,
        left,
        top,
        mirrored,
        new ColourJitter(
            random.uniform(1 - brightness, 1 + brightness),
            random.uniform(1 - contrast, 1 + contrast),
            random.uniform(1 - saturation, 1 + saturation),
            random.uniform(-hue, hue)));
  }

  private static boolean out(float value) {
    return !(value >= 0 && value <= 1);
  }
}
