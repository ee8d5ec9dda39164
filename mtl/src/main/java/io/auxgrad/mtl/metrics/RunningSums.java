package io.auxgrad.mtl.metrics;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** Sums that a device goes on with where the last batch left them, whatever memory that was in. */
final class RunningSums {
  private RunningSums() {}

  /** Lets {@code op} add to {@code sums}, which it sees as a float64 tensor in {@code memory}. */
  static void add(DeviceMemory memory, double[] sums, Consumer<Tensor> op) {
    MemorySegment host = MemorySegment.ofArray(sums);
    try (Tensor running = Tensor.empty(memory, DType.FLOAT64, Shape.of(sums.length))) {
      running.setBytes(host);
      op.accept(running);
      running.getBytes(host);
    }
  }
}
