package io.auxgrad.tensor;

import java.lang.foreign.MemorySegment;

/**
 * A pool for one {@link Recording}: its buffers go on telling where they lay after they were given
 * back, which a pool that uses its own bookkeeping again does not promise.
 */
public final class RecordedMemory implements DeviceMemory {
  private final DeviceMemory pool;

  /** On top of {@code pool}, which serves nobody else. */
  public RecordedMemory(DeviceMemory pool) {
    this.pool = pool;
  }

  private record Fixed(Buffer lent, long address, long capacity, MemorySegment host)
      implements Buffer {}

  @Override
  public Device device() {
    return pool.device();
  }

  @Override
  public Buffer allocate(long bytes) {
    Buffer lent = pool.allocate(bytes);
    return new Fixed(lent, lent.address(), lent.capacity(), lent.host());
  }

  @Override
  public void release(Buffer buffer) {
    pool.release(((Fixed) buffer).lent);
  }

  @Override
  public void upload(MemorySegment host, Buffer buffer) {
    pool.upload(host, buffer);
  }

  @Override
  public void download(Buffer buffer, MemorySegment host) {
    pool.download(buffer, host);
  }

  @Override
  public void clear(Buffer buffer, long bytes) {
    pool.clear(buffer, bytes);
  }

  @Override
  public MemoryUsage usage() {
    return pool.usage();
  }

  @Override
  public MemoryCapacity capacity() {
    return pool.capacity();
  }

  @Override
  public void trim() {
    pool.trim();
  }
}
