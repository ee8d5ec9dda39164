package io.auxgrad.bench.work;

import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.predict.Prediction;
import io.auxgrad.mtl.predict.Predictor;
import io.auxgrad.tensor.ops.Backend;

/** The deployed network with its predictions at the size of the images, again and again. */
public final class InferencePass implements AutoCloseable {
  private final Batch batch;
  private final MultiTaskNetwork network;
  private final Predictor predictor;

  /** On the device of {@code backend}, with fresh weights and a batch of noise. */
  public InferencePass(Workload workload, Backend backend) {
    batch = RandomBatch.create(workload, backend.memory());
    try (MultiTaskNetwork trained = workload.createNetwork(backend)) {
      network = trained.deploy();
    }
    predictor = new Predictor(backend, network, workload.taskList(), batch.images().shape(), 1);
  }

  /** One pass. */
  public void run() {
    predict().close();
  }

  /** The predictions of one pass; to be closed. */
  public Prediction predict() {
    return predictor.predict(batch.images());
  }

  @Override
  public void close() {
    predictor.close();
    network.close();
    batch.close();
  }
}
