package io.auxgrad.bench.work;

import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.network.Outputs;
import io.auxgrad.mtl.predict.Prediction;
import io.auxgrad.mtl.predict.Predictor;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import java.util.List;

/**
 * The deployed network with its predictions at the size of the images, again and again: recorded
 * and replayed, as a {@link Predictor} does.
 */
public final class InferencePass implements AutoCloseable {
  private final Backend backend;
  private final List<Task> tasks;
  private final Batch batch;
  private final MultiTaskNetwork network;
  private final Predictor predictor;

  /** On the device of {@code backend}, with fresh weights and a batch of noise. */
  public InferencePass(Workload workload, Backend backend) {
    this.backend = backend;
    tasks = workload.taskList();
    batch = RandomBatch.create(workload, backend.memory());
    try (MultiTaskNetwork trained = workload.createNetwork(backend)) {
      network = trained.deploy();
    }
    predictor = new Predictor(backend, network, tasks, batch.images().shape(), 1);
  }

  /** One pass. */
  public void run() {
    predict().close();
  }

  /** The same op by op, for who listens to ops. */
  public void runOpByOp() {
    try (var _ = TensorScope.open()) {
      Tensor images = Tensor.empty(backend.memory(), DType.FLOAT32, batch.images().shape());
      backend.pointwise().copy(batch.images(), images);
      Outputs outputs = network.forward(Variable.constant(images));
      for (Task task : tasks) {
        Tensor output = outputs.main().get(task.name()).value();
        task.predict(output, images.shape().dim(1), images.shape().dim(2));
      }
    }
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
