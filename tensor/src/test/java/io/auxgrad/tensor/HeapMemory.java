package io.auxgrad.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** A device memory without a pool: enough to test tensors without a backend. */
final class HeapMemory implements DeviceMemory {
  private record Segment(long address, long capacity, MemorySegment host) implements Buffer {}

  private final Map<Long, Arena> arenas = new HashMap<>();
  private final boolean pooled;
  private long live;
  private long peak;

  HeapMemory() {
    this(false);
  }

  /** {@code pooled}: what is released stays accessible, as in a pool. */
  HeapMemory(boolean pooled) {
    this.pooled = pooled;
  }

  @Override
  public Device device() {
    return Device.CPU;
  }

  @Override
  public Buffer allocate(long bytes) {
    Arena arena = Arena.ofShared();
    MemorySegment segment = arena.allocate(Math.max(1, bytes), 64).fill((byte) 0x5A);
    arenas.put(segment.address(), arena);
    live += segment.byteSize();
    peak = Math.max(peak, live);
    return new Segment(segment.address(), segment.byteSize(), segment);
  }

  @Override
  public void release(Buffer buffer) {
    live -= buffer.capacity();
    if (!pooled) {
      arenas.remove(buffer.address()).close();
    }
  }

  @Override
  public void upload(MemorySegment host, Buffer buffer) {
    buffer.host().copyFrom(host);
  }

  @Override
  public void download(Buffer buffer, MemorySegment host) {
    host.copyFrom(buffer.host().asSlice(0, host.byteSize()));
  }

  @Override
  public void clear(Buffer buffer, long bytes) {
    buffer.host().asSlice(0, bytes).fill((byte) 0);
  }

  @Override
  public MemoryUsage usage() {
    return new MemoryUsage(live, peak, live);
  }

  @Override
  public MemoryCapacity capacity() {
    return MemoryCapacity.ofHost();
  }

  @Override
  public void trim() {
    // Nothing is kept.
  }
}
