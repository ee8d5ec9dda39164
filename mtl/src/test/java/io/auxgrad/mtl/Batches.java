package io.auxgrad.mtl;

import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.data.HostBatch;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.ops.Backends;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Batches for tests, on the CPU. The caller closes them. */
public final class Batches {
  private static final int BORDER = 4;

  private Batches() {}

  /** Without images; labels that are null are missing. */
  public static Batch labels(
      int count, int height, int width, int[] classes, float[] depth, float[] normals) {
    byte[] depthMask = depth == null ? null : mask(depth, 1);
    byte[] normalsMask = normals == null ? null : mask(normals, 3);
    float[] images = new float[3 * count * height * width];
    return upload(
        new HostBatch(
            ids(count), height, width, images, classes, depth, depthMask, normals, normalsMask));
  }

  /**
   * Images of coloured rectangles, and labels that follow from what is seen: the class is the
   * rectangle's colour, depth and normal too; labels near an edge are invalid.
   */
  public static Batch rectangles(int count, int height, int width, int classes, long seed) {
    Philox random = new Philox(seed, 77);
    int pixels = count * height * width;
    int[] labels = new int[pixels];
    for (int n = 0; n < count; n++) {
      for (int r = 0; r < 6; r++) {
        int top = random.nextInt(height);
        int left = random.nextInt(width);
        int label = random.nextInt(classes);
        for (int y = top; y < Math.min(height, top + height / 2); y++) {
          int row = (n * height + y) * width;
          Arrays.fill(labels, row + left, row + Math.min(width, left + width / 2), label);
        }
      }
    }
    return painted(count, height, width, labels);
  }

  private static Batch painted(int count, int height, int width, int[] classes) {
    int pixels = classes.length;
    int[] labels = classes.clone();
    float[] images = new float[3 * pixels];
    float[] depth = new float[pixels];
    float[] normals = new float[3 * pixels];
    byte[] mask = new byte[pixels];
    for (int i = 0; i < pixels; i++) {
      double angle = 1.7 * classes[i];
      images[3 * i] = (float) Math.sin(angle);
      images[3 * i + 1] = (float) Math.cos(angle);
      images[3 * i + 2] = classes[i] - 1.5f;
      depth[i] = 1 + classes[i];
      normals[3 * i] = (float) (0.6 * Math.sin(angle));
      normals[3 * i + 1] = (float) (0.6 * Math.cos(angle));
      normals[3 * i + 2] = -0.8f;
      boolean valid = isInside(classes, i, height, width);
      mask[i] = (byte) (valid ? 1 : 0);
      labels[i] = valid ? classes[i] : -1;
    }
    return upload(
        new HostBatch(ids(count), height, width, images, labels, depth, mask, normals, mask));
  }

  /** Whether all pixels around have the same class. */
  private static boolean isInside(int[] classes, int pixel, int height, int width) {
    int x = pixel % width;
    int y = pixel / width % height;
    int image = pixel - y * width - x;
    for (int v = Math.max(0, y - BORDER); v <= Math.min(height - 1, y + BORDER); v++) {
      for (int u = Math.max(0, x - BORDER); u <= Math.min(width - 1, x + BORDER); u++) {
        if (classes[image + v * width + u] != classes[pixel]) {
          return false;
        }
      }
    }
    return true;
  }

  private static Batch upload(HostBatch batch) {
    return Batch.upload(Backends.cpu().memory(), batch);
  }

  private static List<String> ids(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  private static byte[] mask(float[] values, int channels) {
    byte[] mask = new byte[values.length / channels];
    for (int i = 0; i < values.length; i++) {
      mask[i / channels] |= (byte) (values[i] != 0 ? 1 : 0);
    }
    return mask;
  }
}
