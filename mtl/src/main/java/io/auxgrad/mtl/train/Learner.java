package io.auxgrad.mtl.train;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.config.Config;
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
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
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
  }

  MultiTaskNetwork network() {
    return network;
  }

  /**
   * One step on {@code batch}; returns the unweighted losses by name.
   *
   * @param step its number, from 0
   * @throws Diverged if a loss or gradient is not finite; no weight has then changed
   */
  SequencedMap<String, Double> step(Batch batch, long step) throws Diverged {
    SequencedMap<String, Double> values;
    try (Tape tape = Tape.open()) {
      Losses losses = loss.of(network.forward(Variable.constant(batch.images())), batch);
      values = finite(losses);
      tape.backward(losses.total());
    }
    clipGradients();
    optimizer.scaleLearningRates(schedule.factor(step));
    optimizer.step();
    optimizer.zeroGradients();
    if (emaOrNull != null) {
      emaOrNull.update();
    }
    return values;
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

  private void clipGradients() throws Diverged {
    try {
      GradientClipping.byGlobalNorm(parameters, clip);
    } catch (ArithmeticException e) {
      throw new Diverged(e.getMessage());
    }
  }

  private static SequencedMap<String, Double> finite(Losses losses) throws Diverged {
    SequencedMap<String, Double> values = new LinkedHashMap<>();
    losses.main().forEach((task, loss) -> values.put(task, (double) loss.value().item()));
    losses
        .auxiliary()
        .forEach((task, loss) -> values.put(task + ".auxiliary", (double) loss.value().item()));
    values.put(TOTAL, (double) losses.total().value().item());
    for (Map.Entry<String, Double> value : values.entrySet()) {
      if (!Double.isFinite(value.getValue())) {
        throw new Diverged("loss of " + value.getKey() + " is " + value.getValue());
      }
    }
    return values;
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
    if (emaOrNull != null) {
      emaOrNull.close();
    }
    optimizer.close();
    weighting.close();
    network.close();
  }
}
