package io.auxgrad.mtl.data;

import io.auxgrad.tensor.Philox;
import java.util.stream.IntStream;

/** Samples of random pixels, and data sets of them. */
final class Samples {
  private Samples() {}

  static Sample random(String id, int height, int width, long seed) {
    Philox random = new Philox(seed, 0);
    int pixels = height * width;
    byte[] rgb = new byte[3 * pixels];
    int[] classes = new int[pixels];
    float[] depth = new float[pixels];
    float[] normals = new float[3 * pixels];
    for (int i = 0; i < pixels; i++) {
      for (int c = 0; c < 3; c++) {
        rgb[3 * i + c] = (byte) random.nextInt(256);
        normals[3 * i + c] = random.nextGaussian();
      }
      classes[i] = random.nextInt(14) - 1;
      depth[i] = random.nextInt(8) == 0 ? 0 : random.uniform(0.5f, 9);
      float length = length(normals, i);
      for (int c = 0; c < 3; c++) {
        normals[3 * i + c] = i % 9 == 8 ? 0 : normals[3 * i + c] / length;
      }
    }
    return new Sample(id, height, width, rgb, classes, depth, normals);
  }

  static float length(float[] normals, int pixel) {
    float sum = 0;
    for (int c = 0; c < 3; c++) {
      sum += normals[3 * pixel + c] * normals[3 * pixel + c];
    }
    return (float) Math.sqrt(sum);
  }

  static Dataset dataset(int count, int height, int width) {
    return of(
        IntStream.range(0, count)
            .mapToObj(i -> random("s" + i, height, width, i))
            .toArray(Sample[]::new));
  }

  static Dataset of(Sample... samples) {
    return new Dataset() {
      @Override
      public String name() {
        return "random/test";
      }

      @Override
      public int size() {
        return samples.length;
      }

      @Override
      public Sample load(int index) {
        return samples[index];
      }
    };
  }
}
