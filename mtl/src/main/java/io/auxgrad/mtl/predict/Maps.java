package io.auxgrad.mtl.predict;

import io.auxgrad.mtl.data.Sample;
import java.util.function.IntUnaryOperator;

/** The maps of a sample as pictures of the same size. */
public final class Maps {
  private Maps() {}

  /** The photo itself. */
  public static Picture photo(Sample sample) {
    byte[] rgb = sample.rgb();
    return paint(
        sample,
        i -> (rgb[3 * i] & 0xFF) << 16 | (rgb[3 * i + 1] & 0xFF) << 8 | (rgb[3 * i + 2] & 0xFF));
  }

  /** Classes, each in its colour; ignored pixels are black. */
  public static Picture classes(Sample sample) {
    return paint(sample, i -> ClassColours.of(sample.classes()[i]));
  }

  /** Depth in colours from yellow (near) to violet (far); invalid pixels are black. */
  public static Picture depth(Sample sample, DepthRange range) {
    return paint(sample, i -> range.colour(sample.depth()[i]));
  }

  /** Normals as (n + 1) / 2 in red, green and blue; invalid pixels are black. */
  public static Picture normals(Sample sample) {
    float[] normals = sample.normals();
    return paint(sample, i -> normal(normals[3 * i], normals[3 * i + 1], normals[3 * i + 2]));
  }

  private static int normal(float x, float y, float z) {
    boolean invalid = x == 0 && y == 0 && z == 0;
    return invalid ? ClassColours.IGNORED : ClassColours.rgb((x + 1) / 2, (y + 1) / 2, (z + 1) / 2);
  }

  private static Picture paint(Sample sample, IntUnaryOperator colour) {
    Picture picture = new Picture(sample.width(), sample.height(), 0);
    for (int y = 0; y < sample.height(); y++) {
      for (int x = 0; x < sample.width(); x++) {
        picture.set(x, y, colour.applyAsInt(y * sample.width() + x));
      }
    }
    return picture;
  }
}
