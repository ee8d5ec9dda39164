package io.auxgrad.nn.optim;

import io.auxgrad.nn.Parameter;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Changes parameters along their gradients, group by group.
 *
 * <pre>{@code
 * try (var optimizer = new Sgd(List.of(
 *     new ParameterGroup("encoder", encoder.parameters(), 1e-3, 1e-5),
 *     new ParameterGroup("decoder", decoder.parameters(), 7e-3, 1e-5)), 0.9)) {
 *   tape.backward(loss);
 *   optimizer.step();
 *   optimizer.zeroGradients();
 * }
 * }</pre>
 *
 * <p>A parameter without a gradient is left alone, and what the optimiser remembers of it too. Owns
 * its state tensors, not the parameters.
 */
public abstract class Optimizer implements AutoCloseable {
  private final List<ParameterGroup> groups;
  private final List<String> kinds;
  private final int numberCount;
  private final Map<Parameter, Slot> slots = new LinkedHashMap<>();
  private long steps;

  /**
   * For implementations.
   *
   * @param kinds names of the tensors remembered per parameter, zeros at first
   * @param numberCount how many {@link #numbers} there are
   */
  protected Optimizer(List<ParameterGroup> groups, List<String> kinds, int numberCount) {
    this.numberCount = numberCount;
    this.groups = List.copyOf(groups);
    this.kinds = List.copyOf(kinds);
    requireDisjoint();
  }

  /**
   * The numbers that {@link #update} needs of the host for one step of parameters of {@code group}.
   *
   * @param number which step of theirs it is, from 1
   */
  protected abstract float[] numbers(ParameterGroup group, long number);

  /**
   * One step for parameters that belong together.
   *
   * @param numbers float32, what {@link #numbers} gave; on the device
   * @param verdictOrNull of {@link io.auxgrad.tensor.ops.OptimizerOps#clip}
   */
  protected abstract void update(StepBatch batch, Tensor numbers, Tensor verdictOrNull);

  /** One step of all parameters that have a gradient. */
  public final void step() {
    step(null);
  }

  /**
   * The same, unless {@code verdictOrNull} halts it. Where it is recorded, each replay makes the
   * next step with the learning rates of that moment; every parameter must have made a step before.
   */
  public final void step(Tensor verdictOrNull) {
    boolean counted = false;
    for (ParameterGroup group : groups) {
      for (StepBatch batch : batches(group)) {
        step(group, batch, !counted, verdictOrNull);
        counted = true;
      }
    }
    steps += counted ? 0 : 1;
  }

  private void step(ParameterGroup group, StepBatch batch, boolean counts, Tensor verdictOrNull) {
    DeviceMemory memory = batch.values().getFirst().memory();
    Consumer<Tensor> fill =
        t -> {
          steps += counts ? 1 : 0;
          t.set(numbers(group, batch.advance()));
        };
    try (Tensor numbers = Launch.feed(memory, DType.FLOAT32, Shape.of(numberCount), fill)) {
      update(batch, numbers, verdictOrNull);
    }
  }

  /** Forgets the gradients of all groups. */
  public final void zeroGradients() {
    for (ParameterGroup group : groups) {
      group.parameters().forEach((_, parameter) -> parameter.variable().zeroGradient());
    }
  }

  /** Sets each group's learning rate to {@code factor} times its base: how a schedule acts. */
  public final void scaleLearningRates(double factor) {
    groups.forEach(g -> g.learningRate(factor * g.baseLearningRate()));
  }

  /** The groups. */
  public final List<ParameterGroup> groups() {
    return groups;
  }

  /** How many steps have been made. */
  public final long steps() {
    return steps;
  }

  /**
   * All that is remembered, for a checkpoint, under names like {@code
   * velocity.encoder.stem.conv.weight} (kind, group, parameter). The tensors stay the optimiser's
   * and change with its next step.
   */
  public final Map<String, Tensor> tensors() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    forEachName((name, parameter) -> {
      Slot slot = slots.get(parameter);
      if (slot != null) {
        for (int kind = 0; kind < kinds.size(); kind++) {
          all.put(kinds.get(kind) + name, slot.tensor(kind));
        }
        all.put(SlotLoader.STEPS + name, slot.stepsTensor());
      }
    });
    return all;
  }

  /**
   * Goes on as the optimiser whose {@link #tensors} and {@link #steps} these were. All or nothing:
   * if anything is missing, left over or of the wrong shape, nothing changes.
   *
   * @throws IllegalArgumentException naming what does not fit
   */
  public final void load(Map<String, Tensor> tensors, long steps) {
    if (steps < 0) {
      throw new IllegalArgumentException("optimiser state: " + steps + " steps");
    }
    SlotLoader loader = new SlotLoader(kinds, tensors);
    forEachName(loader::check);
    loader.requireAllUsed();
    Map<Parameter, Slot> loaded = loader.load();
    closeSlots();
    slots.putAll(loaded);
    this.steps = steps;
  }

  /** Closes the optimiser's own tensors. */
  @Override
  public final void close() {
    closeSlots();
  }

  private void closeSlots() {
    slots.values().forEach(Slot::close);
    slots.clear();
  }

  // Parameters that joined later are at another step than the rest: bias correction and the first
  // momentum depend on it.
  private List<StepBatch> batches(ParameterGroup group) {
    List<StepBatch> batches = new ArrayList<>(1);
    StepBatch batch = null;
    for (Parameter parameter : group.parameters().values()) {
      if (parameter.gradient() != null) {
        Slot slot = slot(parameter);
        if (batch == null || batch.made() != slot.steps()) {
          batch = batch(slot.steps(), batches, group);
        }
        batch.add(parameter, slot);
      }
    }
    batches.sort(Comparator.comparingLong(StepBatch::made));
    return batches;
  }

  private StepBatch batch(long made, List<StepBatch> batches, ParameterGroup group) {
    for (StepBatch batch : batches) {
      if (batch.made() == made) {
        return batch;
      }
    }
    StepBatch fresh = new StepBatch(made, kinds.size(), group.parameters().size());
    batches.add(fresh);
    return fresh;
  }

  private Slot slot(Parameter parameter) {
    Slot slot = slots.get(parameter);
    if (slot == null) {
      slot = new Slot(parameter, kinds.size());
      slots.put(parameter, slot);
    }
    return slot;
  }

  private void forEachName(BiConsumer<String, Parameter> action) {
    for (ParameterGroup group : groups) {
      group.parameters().forEach((name, p) -> action.accept("." + group.name() + "." + name, p));
    }
  }

  private void requireDisjoint() {
    Set<String> names = new HashSet<>();
    Set<Parameter> seen = new HashSet<>();
    for (ParameterGroup group : groups) {
      if (!names.add(group.name())) {
        throw new IllegalArgumentException(
            "optimiser: two groups are named '" + group.name() + "'");
      }
      for (Parameter parameter : group.parameters().values()) {
        if (!seen.add(parameter)) {
          throw new IllegalArgumentException(
              "optimiser: parameter " + parameter.name() + " is given twice");
        }
      }
    }
  }
}
