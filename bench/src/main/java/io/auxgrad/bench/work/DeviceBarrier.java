package io.auxgrad.bench.work;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;

/** Waits for all that a device was asked to do. */
public final class DeviceBarrier implements AutoCloseable {
  private final Tensor number;

  /** Of the device of {@code memory}. */
  public DeviceBarrier(DeviceMemory memory) {
    number = TensorScope.detach(Tensor.zeros(memory, DType.FLOAT32, Shape.of(1)));
  }

  /** A device works in order: what it was asked for before is done when a number can be read. */
  public void await() {
    number.item();
  }

  @Override
  public void close() {
    number.close();
  }
}
