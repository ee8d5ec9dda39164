package io.auxgrad.mtl.data;

/**
 * Height and width of an image in pixels.
 *
 * @param height rows, positive
 * @param width columns, positive
 */
public record ImageSize(int height, int width) {
  /** Checks that both are positive. */
  public ImageSize {
    if (height <= 0 || width <= 0) {
      throw new IllegalArgumentException(
          "image size " + height + "x" + width + " must be positive");
    }
  }

  /** Number of pixels. */
  public int pixels() {
    return Math.multiplyExact(height, width);
  }

  /** Height and width, for example {@code 120x160}. */
  @Override
  public String toString() {
    return height + "x" + width;
  }
}
