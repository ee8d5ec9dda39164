package io.auxgrad.mtl.tasks;

import io.auxgrad.mtl.data.Batch;

/** Predicts the mean of the valid depths. */
final class MeanDepth extends TrivialPredictor {
  private final String task;
  private double sum;
  private long pixels;

  MeanDepth(String task) {
    this.task = task;
  }

  @Override
  public void fit(Batch batch) {
    float[] depth = Labels.require(batch.depth(), task).toFloats();
    byte[] valid = batch.depthMask().toBytes();
    for (int i = 0; i < depth.length; i++) {
      if (valid[i] != 0) {
        sum += depth[i];
        pixels++;
      }
    }
  }

  @Override
  public float[] constant() {
    return new float[] {(float) (sum / pixels)};
  }
}
