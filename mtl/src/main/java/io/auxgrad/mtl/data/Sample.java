package io.auxgrad.mtl.data;

/**
 * One image with its labels, on the host. All maps have the same height and width and are
 * row-major; labels that a data set does not have are null. The arrays belong to the sample and are
 * not changed.
 *
 * @param id name of the image, for messages and captions
 * @param height rows
 * @param width columns
 * @param rgb {@code [H,W,3]} unsigned bytes, sRGB
 * @param classes {@code [H,W]} class of each pixel from 0, -1 = ignore; or null
 * @param depth {@code [H,W]} metres along the optical axis, 0 = invalid; or null
 * @param normals {@code [H,W,3]} unit vectors in the camera frame (x right, y down, z forward) that
 *     point to the camera, (0,0,0) = invalid; or null
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of pixels, compared by nobody
public record Sample(
    String id, int height, int width, byte[] rgb, int[] classes, float[] depth, float[] normals) {
  /** Checks that every map fits the size. */
  public Sample {
    int pixels = new ImageSize(height, width).pixels();
    check(id, "rgb", rgb.length, 3 * pixels);
    check(id, "classes", classes == null ? pixels : classes.length, pixels);
    check(id, "depth", depth == null ? pixels : depth.length, pixels);
    check(id, "normals", normals == null ? 3 * pixels : normals.length, 3 * pixels);
  }

  /** An image without labels. */
  public static Sample unlabelled(String id, ImageSize size, byte[] rgb) {
    return new Sample(id, size.height(), size.width(), rgb, null, null, null);
  }

  /** Height and width. */
  public ImageSize size() {
    return new ImageSize(height, width);
  }

  private static void check(String id, String map, int length, int expected) {
    if (length != expected) {
      throw new IllegalArgumentException(
          "sample "
              + id
              + ": "
              + map
              + " has "
              + length
              + " values, its size asks for "
              + expected);
    }
  }
}
