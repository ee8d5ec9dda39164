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
  private final long number;
  private final List<Tensor> values;
  private final List<Tensor> gradients;
  private final List<List<Tensor>> remembered = new ArrayList<>();

  /** For step {@code number} of its parameters, of which there are at most {@code most}. */
  StepBatch(long number, int kinds, int most) {
    this.number = number;
    values = new ArrayList<>(most);
    gradients = new ArrayList<>(most);
    for (int i = 0; i < kinds; i++) {
      remembered.add(new ArrayList<>(most));
    }
  }

  long number() {
    return number;
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
