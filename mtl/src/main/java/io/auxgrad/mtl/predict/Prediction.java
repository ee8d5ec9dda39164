package io.auxgrad.mtl.predict;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.network.Outputs;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.Replay;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.PointwiseOps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** What a {@link Predictor} found in one batch of images; close it when it has been read. */
public final class Prediction implements AutoCloseable {
  private final Predictor predictor;
  private final PointwiseOps pointwise;
  private final Tensor images;
  private final SequencedMap<String, Tensor> maps = new LinkedHashMap<>();
  private final Replay recording;
  private final Object turn;
  private boolean held;

  Prediction(
      Predictor predictor,
      Backend backend,
      MultiTaskNetwork network,
      List<Task> tasks,
      Shape shape) {
    this.predictor = predictor;
    pointwise = backend.pointwise();
    // A GPU is asked for work by one thread at a time.
    turn = backend.memory().device().kind() == Device.Kind.CUDA ? backend : this;
    images = TensorScope.detach(Tensor.zeros(backend.memory(), DType.FLOAT32, shape));
    try (var _ = Tape.noGrad()) {
      // What layers derive of their weights at the first pass must not become part of the record.
      try (var _ = TensorScope.open()) {
        network.forward(Variable.constant(images));
      }
      recording = backend.record(() -> pass(network, tasks));
    } catch (RuntimeException e) {
      images.close();
      throw e;
    }
  }

  private void pass(MultiTaskNetwork network, List<Task> tasks) {
    int height = images.shape().dim(1);
    int width = images.shape().dim(2);
    try (var _ = TensorScope.open()) {
      Outputs outputs = network.forward(Variable.constant(images));
      for (Task task : tasks) {
        Tensor map = task.predict(outputs.main().get(task.name()).value(), height, width);
        maps.put(task.name(), TensorScope.detach(map));
      }
    }
  }

  void run(Tensor newImages) {
    synchronized (turn) {
      pointwise.copy(newImages, images);
      recording.run();
    }
    held = true;
  }

  /**
   * The prediction of {@code task} for every pixel, {@code [N,H,W,outputs]} as {@link Task#predict}
   * says. It belongs to this and is overwritten after {@link #close}.
   */
  public Tensor of(String task) {
    Tensor map = all().get(task);
    if (map == null) {
      throw new TensorException("prediction: no task '" + task + "'; there are " + maps.keySet());
    }
    return map;
  }

  /** The predictions by name of the task, in the order of the tasks. */
  public Map<String, Tensor> all() {
    if (!held) {
      throw new IllegalStateException("the prediction was closed, and may be another one by now");
    }
    return maps;
  }

  /** Lets the predictor use the memory again. */
  @Override
  public void close() {
    if (held) {
      held = false;
      predictor.giveBack(this);
    }
  }

  void dispose() {
    maps.values().forEach(Tensor::close);
    images.close();
    recording.close();
  }
}
