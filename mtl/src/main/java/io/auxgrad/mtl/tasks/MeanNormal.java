package io.auxgrad.mtl.tasks;

import io.auxgrad.mtl.data.Batch;

/** Predicts the direction of the sum of the valid normals. */
final class MeanNormal extends TrivialPredictor {
  private final String task;
  private final double[] sum = new double[3];

  MeanNormal(String task) {
    this.task = task;
  }

  @Override
  public void fit(Batch batch) {
    float[] normals = Labels.require(batch.normals(), task).toFloats();
    byte[] valid = batch.normalsMask().toBytes();
    for (int i = 0; i < normals.length; i++) {
      if (valid[i / 3] != 0) {
        sum[i % 3] += normals[i];
      }
    }
  }

  @Override
  public float[] constant() {
    double length = Math.sqrt(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);
    return new float[] {
      (float) (sum[0] / length), (float) (sum[1] / length), (float) (sum[2] / length)
    };
  }
}
