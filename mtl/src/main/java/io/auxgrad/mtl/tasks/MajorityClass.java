package io.auxgrad.mtl.tasks;

import io.auxgrad.mtl.data.Batch;

/** Predicts the class of most pixels, the first of equals. */
final class MajorityClass extends TrivialPredictor {
  private final String task;
  private final long[] counts;

  MajorityClass(int classes, String task) {
    this.task = task;
    this.counts = new long[classes];
  }

  @Override
  public void fit(Batch batch) {
    for (int label : Labels.require(batch.classes(), task).toInts()) {
      if (label >= 0) {
        counts[label]++;
      }
    }
  }

  /** Logits: 1 for the class, 0 for the others. */
  @Override
  public float[] constant() {
    int best = 0;
    for (int c = 1; c < counts.length; c++) {
      if (counts[c] > counts[best]) {
        best = c;
      }
    }
    float[] logits = new float[counts.length];
    logits[best] = 1;
    return logits;
  }
}
