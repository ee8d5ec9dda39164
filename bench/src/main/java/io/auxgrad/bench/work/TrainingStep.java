package io.auxgrad.bench.work;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.data.BatchContent;
import io.auxgrad.mtl.network.Losses;
import io.auxgrad.mtl.network.MultiTaskLoss;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.network.Outputs;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.mtl.weighting.FixedWeighting;
import io.auxgrad.nn.optim.ParameterGroup;
import io.auxgrad.nn.optim.Sgd;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Readout;
import io.auxgrad.tensor.Replay;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Forward, losses, backward and SGD with momentum, again and again on one batch's tensors. */
public final class TrainingStep implements AutoCloseable {
  private static final double LEARNING_RATE = 1e-3;
  private static final double MOMENTUM = 0.9;
  private static final double WEIGHT_DECAY = 1e-4;

  /** So many are called op by op before one is recorded, for momentum goes on with the second. */
  public static final int EAGER_STEPS = 2;

  private final Backend backend;
  private final boolean captures;
  private final Tensor before;
  private int done;
  private Replay replay;
  private final Batch batch;
  private final MultiTaskNetwork network;
  private final FixedWeighting weighting;
  private final MultiTaskLoss loss;
  private final Sgd sgd;

  /** On the CPU, with fresh weights and a batch of noise. */
  public TrainingStep(Workload workload) {
    this(workload, Backends.cpu());
  }

  /** The same on the device of {@code backend}. */
  public TrainingStep(Workload workload, Backend backend) {
    this(workload, backend, true);
  }

  /**
   * The same.
   *
   * @param captures whether the third step is recorded and all later ones replay it, as trainings
   *     do
   */
  public TrainingStep(Workload workload, Backend backend, boolean captures) {
    this(workload, backend, captures, RandomBatch.onHost(workload));
  }

  /** The same on {@code images}, to which {@link #take} brings others of the same place. */
  public TrainingStep(Workload workload, Backend backend, boolean captures, BatchContent images) {
    this.backend = backend;
    this.captures = captures;
    before = TensorScope.detach(Tensor.zeros(backend.memory(), DType.FLOAT32, Shape.of(1)));
    batch = Batch.upload(backend.memory(), images);
    List<Task> tasks = workload.taskList();
    network = workload.createNetwork(backend);
    weighting = new FixedWeighting(tasks.stream().collect(Collectors.toMap(Task::name, _ -> 1.0)));
    loss = new MultiTaskLoss(tasks, weighting, Workload.LAMBDA);
    sgd =
        new Sgd(
            List.of(new ParameterGroup("all", network.parameters(), LEARNING_RATE, WEIGHT_DECAY)),
            MOMENTUM);
  }

  /** Replaces the images and labels. */
  public void take(BatchContent content) {
    batch.take(content);
  }

  /** One step, until the device has done all of it; returns the loss before it. */
  public double run() {
    make();
    // Asked for behind all of the step, and so here when all is done: a device works in order.
    return before.item();
  }

  /** The same without waiting for it; the loss comes when the device has made the step. */
  public Readout ask() {
    make();
    return before.readLater();
  }

  /** Whether steps are replayed by now. */
  public boolean isRecorded() {
    return replay != null;
  }

  private void make() {
    if (replay != null) {
      replay.run();
    } else if (captures && done == EAGER_STEPS) {
      replay = backend.record(this::step);
    } else {
      step();
      done++;
    }
  }

  /** The same op by op, for who listens to ops. */
  public double runOpByOp() {
    step();
    return before.item();
  }

  private void step() {
    batch.gather();
    try (Tape tape = Tape.open()) {
      Losses losses = loss.of(network.forward(Variable.constant(batch.images())), batch);
      tape.backward(losses.total());
      backend.pointwise().copy(losses.total().value().reshape(before.shape()), before);
    }
    sgd.step();
    sgd.zeroGradients();
  }

  /**
   * Loss, outputs by task and gradients by parameter.
   *
   * @param outputs of the tasks; the caller closes them
   * @param gradients owned by the current scope
   */
  public record Found(double loss, Map<String, Tensor> outputs, Map<String, Tensor> gradients) {}

  /** What a step would start from; nothing is updated but the running statistics. */
  public Found gradients() {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    double value;
    try (Tape tape = Tape.open()) {
      Outputs found = network.forward(Variable.constant(batch.images()));
      found.main().forEach((task, y) -> outputs.put(task, TensorScope.detach(copy(y.value()))));
      Losses losses = loss.of(found, batch);
      tape.backward(losses.total());
      value = losses.total().value().item();
    }
    Map<String, Tensor> gradients = new LinkedHashMap<>();
    network.parameters().forEach((name, p) -> gradients.put(name, copy(p.gradient())));
    sgd.zeroGradients();
    return new Found(value, outputs, gradients);
  }

  private static Tensor copy(Tensor tensor) {
    return Backends.of(tensor).pointwise().affine(tensor, 1, 0);
  }

  @Override
  public void close() {
    if (replay != null) {
      replay.close();
    }
    before.close();
    sgd.close();
    weighting.close();
    network.close();
    batch.close();
  }
}
