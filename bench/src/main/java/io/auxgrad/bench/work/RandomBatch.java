package io.auxgrad.bench.work;

import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.data.HostBatch;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Philox;
import java.util.Collections;

/**
 * Images of noise with labels of noise: the same each time, and none that is easier than others.
 */
public final class RandomBatch {
  private static final int SEED = 7;
  private static final int ONE_IN_IS_INVALID = 8;

  private RandomBatch() {}

  /** In {@code memory}; the caller closes it. */
  public static Batch create(Workload workload, DeviceMemory memory) {
    return Batch.upload(memory, onHost(workload));
  }

  /** In the Java heap. */
  public static HostBatch onHost(Workload workload) {
    Philox random = new Philox(SEED, 0);
    int pixels = workload.batch() * workload.height() * workload.width();
    float[] images = new float[3 * pixels];
    int[] classes = new int[pixels];
    float[] depth = new float[pixels];
    float[] normals = new float[3 * pixels];
    byte[] valid = new byte[pixels];
    for (int i = 0; i < pixels; i++) {
      classes[i] = random.nextInt(Workload.CLASSES + 1) - 1;
      depth[i] = random.uniform(0.7f, 10);
      valid[i] = (byte) (random.nextInt(ONE_IN_IS_INVALID) == 0 ? 0 : 1);
      unitVector(random, normals, 3 * i);
      for (int c = 0; c < 3; c++) {
        images[3 * i + c] = random.nextGaussian();
      }
    }
    return new HostBatch(
        Collections.nCopies(workload.batch(), "noise"),
        workload.height(),
        workload.width(),
        images,
        classes,
        depth,
        valid,
        normals,
        valid);
  }

  private static void unitVector(Philox random, float[] out, int at) {
    double x = random.nextGaussian();
    double y = random.nextGaussian();
    double z = random.nextGaussian();
    double length = Math.sqrt(x * x + y * y + z * z);
    out[at] = (float) (x / length);
    out[at + 1] = (float) (y / length);
    out[at + 2] = (float) (z / length);
  }
}
