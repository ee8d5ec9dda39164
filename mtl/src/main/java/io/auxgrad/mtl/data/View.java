package io.auxgrad.mtl.data;

import io.auxgrad.tensor.ops.ImageView;

/**
 * One way to look at a sample: zoom, crop, mirror and colours. Applied in a single pass that goes
 * through the target pixels and takes the image bilinearly and the labels from the nearest pixel.
 *
 * @param scale zoom
 * @param left where the shown part lies between the left (0) and the right end (1)
 * @param top where the shown part lies between the top (0) and the bottom (1)
 * @param flip whether left and right are exchanged
 * @param colours change of colours
 */
record View(float scale, float left, float top, boolean flip, ColourJitter colours) {
  static final View WHOLE = new View(1, 0, 0, false, ColourJitter.NONE);

  /**
   * Writes the view of {@code sample} as image {@code n} of {@code batch}, which has the sample's
   * size.
   */
  void write(Sample sample, HostBatch batch, int n) {
    Axis columns = Axis.of(sample.width(), scale, left, flip);
    Axis rows = Axis.of(sample.height(), scale, top, false);
    int first = n * sample.height() * sample.width();
    writeImage(sample, rows, columns, batch.images(), 3 * first);
    for (int y = 0; y < sample.height(); y++) {
      for (int x = 0; x < sample.width(); x++) {
        int target = first + y * sample.width() + x;
        boolean inside = rows.nearest[y] >= 0 && columns.nearest[x] >= 0;
        writeLabels(
            sample,
            inside ? rows.nearest[y] * sample.width() + columns.nearest[x] : -1,
            batch,
            target);
      }
    }
  }

  /**
   * The same as device ops take it, for source image {@code image} of the given size and mean gray.
   */
  ImageView onDevice(int image, ImageSize size, float meanGray) {
    float[][] matrix = colours.matrix(meanGray);
    float[] rows = ImageView.sameColours();
    for (int row = 0; matrix != null && row < matrix.length; row++) {
      System.arraycopy(matrix[row], 0, rows, 4 * row, 4);
    }
    float x = Axis.start(size.width(), scale, left);
    float y = Axis.start(size.height(), scale, top);
    return new ImageView(image, scale, x, y, flip, rows);
  }

  private void writeLabels(Sample sample, int source, HostBatch batch, int target) {
    if (sample.classes() != null) {
      batch.classes()[target] = source < 0 ? -1 : sample.classes()[source];
    }
    if (source < 0) {
      return; // the batch was made of zeros: invalid
    }
    if (sample.depth() != null && sample.depth()[source] > 0) {
      batch.depth()[target] = sample.depth()[source] / scale;
      batch.depthMask()[target] = 1;
    }
    if (sample.normals() != null) {
      writeNormal(sample.normals(), 3 * source, batch, target);
    }
  }

  // Dividing depth by the scale squeezes the scene along z; normals follow with the inverse
  // transpose.
  private void writeNormal(float[] normals, int source, HostBatch batch, int target) {
    float x = flip ? -normals[source] : normals[source];
    float y = normals[source + 1];
    float z = scale * normals[source + 2];
    float square = x * x + y * y + z * z;
    if (square == 0) {
      return;
    }
    float unit = scale == 1 ? 1 : 1 / (float) Math.sqrt(square);
    batch.normals()[3 * target] = x * unit;
    batch.normals()[3 * target + 1] = y * unit;
    batch.normals()[3 * target + 2] = z * unit;
    batch.normalsMask()[target] = 1;
  }

  private void writeImage(Sample sample, Axis rows, Axis columns, float[] images, int offset) {
    byte[] rgb = sample.rgb();
    int width = sample.width();
    float[][] matrix = colours.matrix(colours.contrast() == 1 ? 0 : ColourJitter.meanGray(rgb));
    float[] pixel = new float[3];
    for (int y = 0; y < sample.height(); y++) {
      for (int x = 0; x < width; x++) {
        if (rows.nearest[y] < 0 || columns.nearest[x] < 0) {
          continue; // 0 is the mean colour
        }
        int upper = rows.low[y] * width;
        int lower = rows.high[y] * width;
        for (int c = 0; c < 3; c++) {
          float above =
              mix(
                  rgb,
                  3 * (upper + columns.low[x]) + c,
                  3 * (upper + columns.high[x]) + c,
                  columns.weight[x]);
          float below =
              mix(
                  rgb,
                  3 * (lower + columns.low[x]) + c,
                  3 * (lower + columns.high[x]) + c,
                  columns.weight[x]);
          pixel[c] = above + rows.weight[y] * (below - above);
        }
        writePixel(pixel, matrix, images, offset + 3 * (y * width + x));
      }
    }
  }

  private static void writePixel(float[] pixel, float[][] matrix, float[] images, int target) {
    for (int c = 0; c < 3; c++) {
      float value = pixel[c];
      if (matrix != null) {
        float[] row = matrix[c];
        value = row[0] * pixel[0] + row[1] * pixel[1] + row[2] * pixel[2] + row[3];
        value = Math.min(255, Math.max(0, value));
      }
      images[target + c] = Normalization.apply(value, c);
    }
  }

  private static float mix(byte[] rgb, int low, int high, float weight) {
    float a = rgb[low] & 0xFF;
    return a + weight * ((rgb[high] & 0xFF) - a);
  }

  /**
   * Where the target pixels of one axis come from: the nearest source pixel (-1 = outside), and the
   * two to interpolate between with the weight of the second.
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Axis(int[] nearest, int[] low, int[] high, float[] weight) {
    /** Where the shown part begins, in source pixels. */
    static float start(int size, float scale, float shift) {
      return shift * (size - size / scale);
    }

    static Axis of(int size, float scale, float shift, boolean flip) {
      Axis axis = new Axis(new int[size], new int[size], new int[size], new float[size]);
      float start = start(size, scale, shift);
      for (int x = 0; x < size; x++) {
        float centre = start + (flip ? size - x - 0.5f : x + 0.5f) / scale;
        int pixel = (int) Math.floor(centre);
        int left = (int) Math.floor(centre - 0.5f);
        axis.nearest[x] = pixel < 0 || pixel >= size ? -1 : pixel;
        axis.low[x] = Math.clamp(left, 0, size - 1);
        axis.high[x] = Math.clamp(left + 1, 0, size - 1);
        axis.weight[x] = centre - 0.5f - left;
      }
      return axis;
    }
  }
}
