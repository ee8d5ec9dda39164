package io.auxgrad.kernels.cuda.launch;

import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.DeviceMemory;

/**
 * Memory for what one kernel leaves to the next. It may be given back as soon as both are launched:
 * who gets it next comes after them.
 */
public final class Scratch implements AutoCloseable {
  private final DeviceMemory memory;
  private final Buffer buffer;

  /** {@code bytes} bytes with arbitrary content. */
  public Scratch(Gpu gpu, long bytes) {
    memory = gpu.memory();
    buffer = memory.allocate(bytes);
  }

  /** Its address, for {@link Kernel#put(long)}. */
  public long address() {
    return buffer.address();
  }

  /** Sets the first {@code bytes} bytes to zero. */
  public void clear(long bytes) {
    memory.clear(buffer, bytes);
  }

  @Override
  public void close() {
    memory.release(buffer);
  }
}
