package io.auxgrad.mtl.train;

import io.auxgrad.mtl.config.TasksConfig;
import io.auxgrad.mtl.data.Dataset;
import java.util.Arrays;

/**
 * Weights of classes in the segmentation loss, from how often each occurs in the training split.
 */
final class ClassWeights {
  private static final double SOFTENING = 1.02;

  private ClassWeights() {}

  /** One weight for each class, 1 on average. */
  static float[] of(TasksConfig.ClassWeights method, Dataset training, int classes) {
    float[] weights = new float[classes];
    switch (method) {
      case NONE -> Arrays.fill(weights, 1);
      case LOG -> logarithmic(counts(training, classes), weights);
    }
    return weights;
  }

  /** {@code 1 / ln(1.02 + share)} (Paszke et al., "ENet", 2016), divided by its mean. */
  private static void logarithmic(long[] counts, float[] weights) {
    double labelled = Math.max(1, Arrays.stream(counts).sum());
    double[] raw = new double[counts.length];
    Arrays.setAll(raw, c -> 1 / Math.log(SOFTENING + counts[c] / labelled));
    double mean = Arrays.stream(raw).average().orElseThrow();
    for (int c = 0; c < raw.length; c++) {
      weights[c] = (float) (raw[c] / mean);
    }
  }

  private static long[] counts(Dataset training, int classes) {
    long[] counts = new long[classes];
    for (int i = 0; i < training.size(); i++) {
      for (int label : training.load(i).classes()) {
        if (label >= 0) {
          counts[label]++;
        }
      }
    }
    return counts;
  }
}
