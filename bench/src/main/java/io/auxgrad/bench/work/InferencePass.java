package io.auxgrad.bench.work;

import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.network.Outputs;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The deployed network with its predictions at the size of the images, again and again. */
public final class InferencePass implements AutoCloseable {
  private final Batch batch;
  private final List<Task> tasks;
  private final MultiTaskNetwork network;

  /** With fresh weights and a batch of noise. */
  public InferencePass(Workload workload) {
    this(workload, RandomBatch.create(workload));
  }

  /** With fresh weights; takes over {@code batch}. */
  public InferencePass(Workload workload, Batch batch) {
    this.batch = batch;
    tasks = workload.taskList();
    try (MultiTaskNetwork trained = workload.network().create(tasks)) {
      network = trained.deploy();
    }
  }

  /** One pass. */
  public void run() {
    try (var _ = TensorScope.open()) {
      predictions();
    }
  }

  /** The outputs by task {@code [N,H,W,C]}, owned by the current scope. */
  public Map<String, Tensor> predictions() {
    Shape size = batch.images().shape();
    Map<String, Tensor> predictions = new LinkedHashMap<>();
    Outputs outputs = network.forward(Variable.constant(batch.images()));
    for (Task task : tasks) {
      Tensor output = outputs.main().get(task.name()).value();
      predictions.put(task.name(), task.predict(output, size.dim(1), size.dim(2)));
    }
    return predictions;
  }

  @Override
  public void close() {
    network.close();
    batch.close();
  }
}
