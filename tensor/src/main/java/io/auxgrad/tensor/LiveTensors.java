package io.auxgrad.tensor;

import java.util.Arrays;
import java.util.List;

/** The open tensors of the process; thread-safe. Entering and leaving make no garbage. */
final class LiveTensors {
  private Tensor[] tensors = new Tensor[256];
  private int count;

  synchronized int count() {
    return count;
  }

  synchronized void add(Tensor tensor) {
    if (count == tensors.length) {
      tensors = Arrays.copyOf(tensors, 2 * count);
    }
    tensor.place = count;
    tensors[count++] = tensor;
  }

  /** The last tensor fills the place of the one that goes. */
  synchronized void remove(Tensor tensor) {
    Tensor last = tensors[--count];
    last.place = tensor.place;
    tensors[tensor.place] = last;
    tensors[count] = null;
  }

  synchronized List<Tensor> list() {
    return List.of(Arrays.copyOf(tensors, count));
  }
}
