package io.auxgrad.nn.optim;

import io.auxgrad.nn.Parameter;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks saved optimiser state as a whole, then makes slots of it. */
final class SlotLoader {
  static final String STEPS = "steps";

  private final List<String> kinds;
  private final Map<String, Tensor> tensors;
  private final Map<Parameter, String> found = new LinkedHashMap<>();
  private final Set<String> unused;

  SlotLoader(List<String> kinds, Map<String, Tensor> tensors) {
    this.kinds = kinds;
    this.tensors = tensors;
    this.unused = new HashSet<>(tensors.keySet());
  }

  /**
   * Takes note of the state under {@code name}, if there is any: a parameter that had no gradient
   * yet has none.
   */
  void check(String name, Parameter parameter) {
    if (kinds.stream().noneMatch(k -> tensors.containsKey(k + name))
        && !tensors.containsKey(STEPS + name)) {
      return;
    }
    for (String kind : kinds) {
      require(kind + name, DType.FLOAT32, parameter.value().shape());
    }
    require(STEPS + name, DType.INT32, Shape.scalar());
    int steps = tensors.get(STEPS + name).toInts()[0];
    if (steps < 1) {
      throw new IllegalArgumentException(
          "optimiser state: '" + STEPS + name + "' is " + steps + ", but state begins with step 1");
    }
    found.put(parameter, name);
  }

  void requireAllUsed() {
    if (!unused.isEmpty()) {
      throw new IllegalArgumentException(
          "optimiser state: '"
              + unused.stream().sorted().findFirst().orElseThrow()
              + "' ("
              + unused.size()
              + " in all) belongs to no parameter of this optimiser");
    }
  }

  Map<Parameter, Slot> load() {
    Map<Parameter, Slot> slots = new LinkedHashMap<>();
    found.forEach((parameter, name) -> {
      Slot slot = new Slot(parameter, kinds.size());
      for (int kind = 0; kind < kinds.size(); kind++) {
        copy(tensors.get(kinds.get(kind) + name), slot.tensor(kind));
      }
      slot.steps(tensors.get(STEPS + name).toInts()[0]);
      slots.put(parameter, slot);
    });
    return slots;
  }

  private void require(String name, DType dtype, Shape shape) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("optimiser state: '" + name + "' is missing");
    }
    if (tensor.dtype() != dtype || !tensor.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "optimiser state: '%s' is %s %s, expected %s %s"
              .formatted(name, tensor.dtype(), tensor.shape(), dtype, shape));
    }
    unused.remove(name);
  }

  private static void copy(Tensor from, Tensor to) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(from.byteSize());
      from.getBytes(host);
      to.setBytes(host);
    }
  }
}
