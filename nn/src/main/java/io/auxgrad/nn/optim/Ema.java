package io.auxgrad.nn.optim;

import io.auxgrad.nn.Module;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.OptimizerOps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Exponential moving average of a module's float32 parameters and buffers (Polyak averaging):
 * {@code average = decay * average + (1 - decay) * value}.
 *
 * <pre>{@code
 * ema.update();                       // after each step
 * try (var averaged = ema.use()) {    // the module has the averaged weights inside
 *   evaluate(module);
 * }
 * }</pre>
 *
 * <p>Owns its averages, not the module.
 */
public final class Ema implements AutoCloseable {
  private final float decay;
  private final List<Tensor> values;
  private final Map<String, Tensor> averages = new LinkedHashMap<>();
  private boolean inUse;

  /** Starts from the module's current values; {@code decay} in {@code [0,1)}, near 1. */
  public Ema(Module module, double decay) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException("Ema: decay " + decay + " must be in [0,1)");
    }
    this.decay = (float) decay;
    Map<String, Tensor> averaged = new LinkedHashMap<>(module.state());
    averaged.values().removeIf(t -> t.dtype() != DType.FLOAT32);
    values = List.copyOf(averaged.values());
    averaged.forEach((name, t) -> averages.put(name, copyOf(t)));
  }

  /** Takes in the module's current values. */
  public void update() {
    update(null);
  }

  /** The same, unless {@code verdictOrNull}, of {@link OptimizerOps#clip}, halts the step. */
  public void update(Tensor verdictOrNull) {
    requireNotInUse();
    if (!values.isEmpty()) {
      Backends.of(values.getFirst())
          .optimizer()
          .average(List.copyOf(averages.values()), values, decay, verdictOrNull);
    }
  }

  /**
   * Puts the averages into the module until the result is closed; then the trained values come
   * back.
   */
  public Use use() {
    requireNotInUse();
    swap();
    inUse = true;
    return this::leave;
  }

  /** The averages by the module's names, for a checkpoint; they stay the average's own. */
  public Map<String, Tensor> tensors() {
    requireNotInUse();
    return new LinkedHashMap<>(averages);
  }

  /** Goes on from the averages of another; all or nothing. Names and shapes must be the same. */
  public void load(Map<String, Tensor> tensors) {
    requireNotInUse();
    if (!tensors.keySet().equals(averages.keySet())) {
      throw new IllegalArgumentException(
          "Ema: the names of the averages are not those of the module");
    }
    tensors.forEach((name, t) -> {
      if (t.dtype() != DType.FLOAT32 || !t.shape().equals(averages.get(name).shape())) {
        throw new IllegalArgumentException(
            "Ema: '" + name + "' is " + t + ", expected " + averages.get(name));
      }
    });
    tensors.forEach((name, t) -> copy(t, averages.get(name)));
  }

  /** Closes the averages; the module stays. */
  @Override
  public void close() {
    requireNotInUse();
    averages.values().forEach(Tensor::close);
  }

  /** While open, the module computes with the averages. */
  @FunctionalInterface
  public interface Use extends AutoCloseable {
    /** Gives the module its trained values back. */
    @Override
    void close();
  }

  private void leave() {
    if (inUse) {
      swap();
      inUse = false;
    }
  }

  private void swap() {
    int i = 0;
    for (Tensor average : averages.values()) {
      Tensor value = values.get(i++);
      try (Tensor trained = copyOf(value)) {
        copy(average, value);
        copy(trained, average);
      }
    }
  }

  private void requireNotInUse() {
    if (inUse) {
      throw new IllegalStateException(
          "Ema: the averages are in use by the module; close use() first");
    }
  }

  private static Tensor copyOf(Tensor t) {
    Tensor copy = TensorScope.detach(Tensor.empty(t.memory(), t.dtype(), t.shape()));
    copy(t, copy);
    return copy;
  }

  private static void copy(Tensor from, Tensor to) {
    Backends.of(to).pointwise().copy(from, to);
  }
}
