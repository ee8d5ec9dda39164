package io.auxgrad.nn.optim;

import io.auxgrad.nn.Parameter;
import io.auxgrad.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Parameters that make the same step together; list element {@code i} of each list belongs
 * together.
 */
public final class StepBatch {
  private final List<Tensor> values = new ArrayList<>();
  private final List<Tensor> gradients = new ArrayList<>();
  private final List<List<Tensor>> remembered = new ArrayList<>();

  StepBatch(int kinds) {
    for (int i = 0; i < kinds; i++) {
      remembered.add(new ArrayList<>());
    }
  }

  void add(Parameter parameter, Slot slot) {
    values.add(parameter.value());
    gradients.add(parameter.gradient());
    for (int kind = 0; kind < remembered.size(); kind++) {
      remembered.get(kind).add(slot.tensor(kind));
    }
  }

  /** The values, to be changed in place. */
  public List<Tensor> values() {
    return values;
  }

  /** The gradients. */
  public List<Tensor> gradients() {
    return gradients;
  }

  /**
   * The optimiser's own tensors of one kind, in the order of the kinds given to its constructor.
   */
  public List<Tensor> remembered(int kind) {
    return remembered.get(kind);
  }
}
