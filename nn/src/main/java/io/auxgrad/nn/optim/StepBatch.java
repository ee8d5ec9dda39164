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
  private final long made;
  private final List<Slot> slots;
  private final List<Tensor> values;
  private final List<Tensor> gradients;
  private final List<List<Tensor>> remembered = new ArrayList<>();

  /** For parameters that have made {@code made} steps, of which there are at most {@code most}. */
  StepBatch(long made, int kinds, int most) {
    this.made = made;
    slots = new ArrayList<>(most);
    values = new ArrayList<>(most);
    gradients = new ArrayList<>(most);
    for (int i = 0; i < kinds; i++) {
      remembered.add(new ArrayList<>(most));
    }
  }

  long made() {
    return made;
  }

  /**
   * Counts a step of all parameters.
   *
   * @return its number, from 1
   */
  long advance() {
    if (made == 0 && slots.getFirst().steps() > 0) {
      throw new IllegalStateException(
          "the first step of a parameter begins what is remembered of it, and cannot be replayed: make it before the recording");
    }
    for (int i = 0; i < slots.size(); i++) {
      slots.get(i).steps(slots.get(i).steps() + 1);
    }
    return slots.getFirst().steps();
  }

  void add(Parameter parameter, Slot slot) {
    slots.add(slot);
    values.add(parameter.value());
    gradients.add(parameter.gradient());
    for (int kind = 0; kind < remembered.size(); kind++) {
      remembered.get(kind).add(slot.tensor(kind));
    }
  }

  /** Whether it is the first step of these parameters. */
  public boolean isFirst() {
    return made == 0;
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
