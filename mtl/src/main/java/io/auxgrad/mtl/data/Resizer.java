package io.auxgrad.mtl.data;

import java.util.Arrays;

/**
 * Brings a sample to another size: the image with an antialiased triangle filter, the labels by
 * taking the nearest pixel.
 */
final class Resizer {
  private Resizer() {}

  static Sample resize(Sample sample, ImageSize to) {
    ImageSize from = sample.size();
    if (from.equals(to)) {
      return sample;
    }
    int[] pixels = nearestPixels(from, to);
    return new Sample(
        sample.id(),
        to.height(),
        to.width(),
        resizeRgb(sample.rgb(), from, to),
        sample.classes() == null ? null : pick(sample.classes(), pixels),
        sample.depth() == null ? null : pick(sample.depth(), pixels, 1),
        sample.normals() == null ? null : pick(sample.normals(), pixels, 3));
  }

  /**
   * The source index nearest to the centre of each target pixel. Between two equally near ones the
   * lower wins, so that half the size takes every even pixel.
   */
  static int[] nearest(int from, int to) {
    int[] index = new int[to];
    for (int x = 0; x < to; x++) {
      long twice = (2L * x + 1) * from;
      index[x] = (int) Math.max(0, Math.ceilDiv(twice - 2L * to, 2L * to));
    }
    return index;
  }

  static byte[] resizeRgb(byte[] rgb, ImageSize from, ImageSize to) {
    Taps columns = Taps.of(from.width(), to.width());
    Taps rows = Taps.of(from.height(), to.height());
    float[] narrow = new float[3 * from.height() * to.width()];
    for (int y = 0; y < from.height(); y++) {
      for (int x = 0; x < to.width(); x++) {
        int out = 3 * (y * to.width() + x);
        int source = 3 * (y * from.width() + columns.first[x]);
        for (float weight : columns.weights[x]) {
          for (int c = 0; c < 3; c++) {
            narrow[out + c] += weight * (rgb[source++] & 0xFF);
          }
        }
      }
    }
    byte[] result = new byte[3 * to.pixels()];
    int stride = 3 * to.width();
    float[] line = new float[stride];
    for (int y = 0; y < to.height(); y++) {
      Arrays.fill(line, 0.5f);
      int source = rows.first[y] * stride;
      for (float weight : rows.weights[y]) {
        for (int i = 0; i < stride; i++) {
          line[i] += weight * narrow[source++];
        }
      }
      for (int i = 0; i < stride; i++) {
        result[y * stride + i] = (byte) Math.clamp((int) line[i], 0, 255);
      }
    }
    return result;
  }

  private static int[] nearestPixels(ImageSize from, ImageSize to) {
    int[] columns = nearest(from.width(), to.width());
    int[] rows = nearest(from.height(), to.height());
    int[] pixels = new int[to.pixels()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = rows[i / to.width()] * from.width() + columns[i % to.width()];
    }
    return pixels;
  }

  private static int[] pick(int[] map, int[] pixels) {
    int[] result = new int[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      result[i] = map[pixels[i]];
    }
    return result;
  }

  private static float[] pick(float[] map, int[] pixels, int channels) {
    float[] result = new float[channels * pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      System.arraycopy(map, channels * pixels[i], result, channels * i, channels);
    }
    return result;
  }

  /** For each target pixel of one axis, the first source pixel and the weights from there on. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Taps(int[] first, float[][] weights) {
    // A triangle as wide as the target pixel, at least as wide as a source pixel: downscaling
    // averages
    // over all that the target pixel covers, upscaling interpolates.
    static Taps of(int from, int to) {
      double ratio = (double) from / to;
      double radius = Math.max(1, ratio);
      int[] first = new int[to];
      float[][] weights = new float[to][];
      for (int x = 0; x < to; x++) {
        double centre = (x + 0.5) * ratio;
        int low = (int) Math.max(0, Math.floor(centre - radius));
        int high = (int) Math.min(from, Math.ceil(centre + radius));
        double[] raw = new double[high - low];
        double sum = 0;
        for (int i = 0; i < raw.length; i++) {
          raw[i] = Math.max(0, 1 - Math.abs(low + i + 0.5 - centre) / radius);
          sum += raw[i];
        }
        first[x] = low;
        weights[x] = new float[raw.length];
        for (int i = 0; i < raw.length; i++) {
          weights[x][i] = (float) (raw[i] / sum);
        }
      }
      return new Taps(first, weights);
    }
  }
}
