package io.auxgrad.mtl.train;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.config.TrainConfig.Capture;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.network.Losses;
import io.auxgrad.mtl.network.MultiTaskLoss;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.mtl.weighting.Weighting;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Parameter;
import io.auxgrad.nn.RandomState;
import io.auxgrad.nn.optim.Ema;
import io.auxgrad.nn.optim.GradientClipping;
import io.auxgrad.nn.optim.Optimizer;
import io.auxgrad.nn.schedule.Schedule;
import io.auxgrad.nn.state.Safetensors;
import io.auxgrad.nn.state.SafetensorsFile;
import io.auxgrad.nn.state.StateDict;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.IndexingOps;
import io.auxgrad.tensor.ops.OptimizerOps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** All that a step changes: network, weighting, optimiser, averaged weights, random numbers. */
final class Learner implements AutoCloseable {
  /** The name of the loss that is minimised, beside those of the tasks. */
  static final String TOTAL = "total";

  private final Context context;
  private final MultiTaskNetwork network;
  private final Weighting weighting;
  private final MultiTaskLoss loss;
  private final Optimizer optimizer;
  private final Schedule schedule;
  private final Ema emaOrNull;
  private final List<Parameter> parameters = new ArrayList<>();
  private final double clip;
  private final Tensor verdict;
  private final Repeated repeated;
  private List<String> lossNames = List.of();
  private List<Parameter> learning = List.of();
  private Tensor report;

  /** Fresh, from the configuration's seed. */
  Learner(Config config, Context context, List<Task> tasks, Schedule schedule) {
    this.context = context;
    this.schedule = schedule;
    network = new MultiTaskNetwork(context, config.network(tasks));
    network.precision(config.precision());
    network.checkpointing(config.train().checkpointing());
    weighting = Weightings.of(config, context, tasks);
    loss = new MultiTaskLoss(tasks, weighting, (float) config.auxiliary().lambda());
    optimizer = Optimizers.of(config.optimizer(), network.parameters(), weighting.parameters());
    emaOrNull = config.train().ema() > 0 ? new Ema(network, config.train().ema()) : null;
    parameters.addAll(network.parameters().values());
    parameters.addAll(weighting.parameters().values());
    clip = config.optimizer().clip() > 0 ? config.optimizer().clip() : Double.MAX_VALUE;
    verdict =
        TensorScope.detach(
            Tensor.zeros(context.memory(), DType.FLOAT32, Shape.of(OptimizerOps.VERDICT)));
    repeated = new Repeated(context.backend(), config.train().capture() != Capture.NEVER);
  }

  MultiTaskNetwork network() {
    return network;
  }

  /**
   * Asks the device for one step on what {@code batch} took last. Where steps are recorded, it must
   * be the same batch in each.
   *
   * @param step its number, from 0
   * @return its losses, unweighted and by name
   */
  PendingLosses step(Batch batch, long step) {
    optimizer.scaleLearningRates(schedule.factor(step));
    repeated.run(batch, () -> step(batch));
    return new PendingLosses(lossNames, learning, report.readLater());
  }

  /** Whether steps are replayed, each on the batch of the one before. */
  boolean isRecorded() {
    return repeated.isRecorded();
  }

  private void step(Batch batch) {
    batch.gather();
    try (Tensor losses = backward(batch)) {
      learning = GradientClipping.byGlobalNorm(parameters, clip, losses, verdict);
      optimizer.step(verdict);
      optimizer.zeroGradients();
      if (emaOrNull != null) {
        emaOrNull.update(verdict);
      }
      closeReport();
      report = TensorScope.detach(indexing().concat(List.of(losses, verdict), 0));
    }
  }

  private Tensor backward(Batch batch) {
    try (Tape tape = Tape.open()) {
      Losses losses = loss.of(network.forward(Variable.constant(batch.images())), batch);
      Tensor values = TensorScope.detach(values(losses));
      tape.backward(losses.total());
      return values;
    }
  }

  /**
   * A step, to learn what memory it takes: whatever its losses are, and with all that an optimiser
   * and averages remember. Nothing can be trained afterwards.
   */
  void rehearse(Batch batch) {
    try {
      try (Tape tape = Tape.open()) {
        tape.backward(loss.of(network.forward(Variable.constant(batch.images())), batch).total());
      }
      optimizer.step();
    } finally {
      optimizer.zeroGradients();
    }
  }

  private Tensor values(Losses losses) {
    SequencedMap<String, Variable> all = new LinkedHashMap<>(losses.main());
    losses.auxiliary().forEach((task, loss) -> all.put(task + ".auxiliary", loss));
    all.put(TOTAL, losses.total());
    lossNames = List.copyOf(all.keySet());
    return indexing()
        .concat(all.values().stream().map(loss -> loss.value().reshape(Shape.of(1))).toList(), 0);
  }

  private IndexingOps indexing() {
    return context.backend().indexing();
  }

  private void closeReport() {
    if (report != null) {
      report.close();
    }
  }

  /** While the result is open, the network has the weights that are evaluated and deployed. */
  Ema.Use useDeployedWeights() {
    return emaOrNull == null ? () -> {} : emaOrNull.use();
  }

  /** Everything that belongs into a checkpoint, by name. */
  Map<String, Tensor> tensors() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    network.state().forEach((name, t) -> all.put("network." + name, t));
    weighting.state().forEach((name, t) -> all.put("weighting." + name, t));
    optimizer.tensors().forEach((name, t) -> all.put("optimizer." + name, t));
    if (emaOrNull != null) {
      emaOrNull.tensors().forEach((name, t) -> all.put("ema." + name, t));
    }
    return all;
  }

  /** The state of the random numbers. */
  RandomState random() {
    return RandomState.of(context.random());
  }

  /** Goes on from what {@link #tensors} and {@link #random} gave after {@code steps} steps. */
  void load(Path file, RandomState random, long steps) throws IOException {
    try (SafetensorsFile source = Safetensors.open(file);
        var _ = TensorScope.open()) {
      StateDict.load(network.state(), source, "network.");
      StateDict.load(weighting.state(), source, "weighting.");
      optimizer.load(read(source, "optimizer."), steps);
      if (emaOrNull != null) {
        emaOrNull.load(read(source, "ema."));
      }
      random.restore(context.random());
    }
  }

  private Map<String, Tensor> read(SafetensorsFile source, String prefix) throws IOException {
    DeviceMemory memory = context.memory();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : source.entries().keySet()) {
      if (name.startsWith(prefix)) {
        tensors.put(name.substring(prefix.length()), source.read(name, memory));
      }
    }
    return tensors;
  }

  @Override
  public void close() {
    closeReport();
    repeated.close();
    verdict.close();
    if (emaOrNull != null) {
      emaOrNull.close();
    }
    optimizer.close();
    weighting.close();
    network.close();
  }
}
