package io.auxgrad.kernels.cuda.hostrun;

import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.MemoryCapacity;
import io.auxgrad.tensor.MemoryUsage;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps what is given back for the next request of its size, until it is trimmed: the memory of a
 * recording, which goes on writing to what it gave back.
 */
final class KeptMemory implements DeviceMemory {
  private final HostMemory memory;
  private final Map<Long, Deque<Buffer>> free = new HashMap<>();

  KeptMemory(HostMemory memory) {
    this.memory = memory;
  }

  @Override
  public Device device() {
    return memory.device();
  }

  @Override
  public Buffer allocate(long bytes) {
    Buffer kept = free.computeIfAbsent(bytes, _ -> new ArrayDeque<>()).pollLast();
    return kept != null ? kept : memory.allocate(bytes);
  }

  @Override
  public void release(Buffer buffer) {
    free.computeIfAbsent(buffer.capacity(), _ -> new ArrayDeque<>()).addLast(buffer);
  }

  @Override
  public void upload(MemorySegment host, Buffer buffer) {
    memory.upload(host, buffer);
  }

  @Override
  public void download(Buffer buffer, MemorySegment host) {
    memory.download(buffer, host);
  }

  @Override
  public void clear(Buffer buffer, long bytes) {
    memory.clear(buffer, bytes);
  }

  @Override
  public MemoryUsage usage() {
    return memory.usage();
  }

  @Override
  public MemoryCapacity capacity() {
    return memory.capacity();
  }

  @Override
  public void trim() {
    free.values().forEach(list -> list.forEach(memory::release));
    free.clear();
  }
}
