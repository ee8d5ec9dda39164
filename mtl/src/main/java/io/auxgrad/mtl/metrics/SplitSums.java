package io.auxgrad.mtl.metrics;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backends;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * Sums over a split that stay on the device: ops add to them batch by batch, also where these are
 * recorded and replayed, and the host reads them at the end.
 *
 * @param tensor float64, in which sums are rounded as on the host and counts are exact up to 2^53
 */
record SplitSums(Tensor tensor) {
  /** Nothing so far, in the current scope. */
  static SplitSums zero(DeviceMemory memory, int... dims) {
    return new SplitSums(Tensor.zeros(memory, DType.FLOAT64, Shape.of(dims)));
  }

  /** Adds what {@code op} counts in a batch: it adds to an int32 tensor of zeros. */
  void count(Consumer<Tensor> op) {
    try (Tensor counts = Tensor.zeros(tensor.memory(), DType.INT32, tensor.shape())) {
      op.accept(counts);
      Backends.of(tensor).metric().accumulate(counts, tensor);
    }
  }

  /** Waits for the device and copies them. */
  double[] read() {
    double[] sums = new double[Math.toIntExact(tensor.size())];
    tensor.getBytes(MemorySegment.ofArray(sums));
    return sums;
  }
}
