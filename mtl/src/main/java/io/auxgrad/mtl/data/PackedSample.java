package io.auxgrad.mtl.data;

import io.auxgrad.tensor.ops.ImageOps;

/**
 * A sample in 12 bytes per pixel. Image, classes and depth come back exactly; a normal is kept as
 * two octahedral coordinates of 16 bits, less than 0.01 degrees off. {@link ImageOps} unpack it on
 * a device, to the same bytes.
 */
final class PackedSample {
  private static final int MAX_CLASSES = 255;

  private final String id;
  private final ImageSize size;
  private final byte[] rgb;
  private final byte[] classes;
  private final float[] depth;
  private final short[] normals;

  PackedSample(Sample sample) {
    id = sample.id();
    size = sample.size();
    rgb = sample.rgb();
    classes = sample.classes() == null ? null : packClasses(sample);
    depth = sample.depth();
    normals = sample.normals() == null ? null : packNormals(sample.normals());
  }

  Sample unpack() {
    return new Sample(
        id,
        size.height(),
        size.width(),
        rgb,
        classes == null ? null : unpackClasses(),
        depth,
        normals == null ? null : unpackNormals());
  }

  String id() {
    return id;
  }

  /** {@code [H,W,3]}. */
  byte[] rgb() {
    return rgb;
  }

  /** {@code [H,W]}, -1 = ignore; or null. */
  byte[] classes() {
    return classes;
  }

  /** {@code [H,W]} metres, 0 = invalid; or null. */
  float[] depth() {
    return depth;
  }

  /** {@code [H,W,2]} octahedral coordinates; or null. */
  short[] normals() {
    return normals;
  }

  boolean hasTheMapsOf(PackedSample other) {
    return (classes == null) == (other.classes == null)
        && (depth == null) == (other.depth == null)
        && (normals == null) == (other.normals == null);
  }

  static long bytes(ImageSize size) {
    return 12L * size.pixels();
  }

  // -1 (ignore) becomes 255.
  private static byte[] packClasses(Sample sample) {
    byte[] packed = new byte[sample.classes().length];
    for (int i = 0; i < packed.length; i++) {
      int value = sample.classes()[i];
      if (value < -1 || value >= MAX_CLASSES) {
        throw new IllegalArgumentException(
            "sample "
                + sample.id()
                + " has class "
                + value
                + ", outside of -1.."
                + (MAX_CLASSES - 1));
      }
      packed[i] = (byte) value;
    }
    return packed;
  }

  private int[] unpackClasses() {
    int[] values = new int[classes.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = classes[i] == -1 ? -1 : classes[i] & 0xFF;
    }
    return values;
  }

  // The octahedral map (Meyer et al., "On floating-point normal vectors", 2010): the unit sphere is
  // projected on the octahedron |x|+|y|+|z| = 1, whose lower half is folded out over the corners.
  private static short[] packNormals(float[] normals) {
    short[] packed = new short[normals.length / 3 * 2];
    for (int i = 0, j = 0; i < normals.length; i += 3, j += 2) {
      float x = normals[i];
      float y = normals[i + 1];
      float z = normals[i + 2];
      float length = Math.abs(x) + Math.abs(y) + Math.abs(z);
      if (length == 0) {
        packed[j] = ImageOps.NO_NORMAL;
        continue;
      }
      float u = x / length;
      float v = y / length;
      if (z < 0) {
        float fold = (1 - Math.abs(v)) * Math.copySign(1, u);
        v = (1 - Math.abs(u)) * Math.copySign(1, v);
        u = fold;
      }
      packed[j] = (short) Math.round(u * Short.MAX_VALUE);
      packed[j + 1] = (short) Math.round(v * Short.MAX_VALUE);
    }
    return packed;
  }

  private float[] unpackNormals() {
    float[] values = new float[normals.length / 2 * 3];
    for (int i = 0, j = 0; i < values.length; i += 3, j += 2) {
      if (normals[j] == ImageOps.NO_NORMAL) {
        continue;
      }
      float u = (float) normals[j] / Short.MAX_VALUE;
      float v = (float) normals[j + 1] / Short.MAX_VALUE;
      float z = 1 - Math.abs(u) - Math.abs(v);
      float unfold = Math.max(0, -z);
      float x = u - Math.copySign(unfold, u);
      float y = v - Math.copySign(unfold, v);
      float scale = 1 / (float) Math.sqrt(x * x + y * y + z * z);
      values[i] = x * scale;
      values[i + 1] = y * scale;
      values[i + 2] = z * scale;
    }
    return values;
  }
}
