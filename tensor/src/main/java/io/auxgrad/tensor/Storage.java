package io.auxgrad.tensor;

import java.util.concurrent.atomic.AtomicInteger;

/** A buffer shared by a tensor and its views; given back when the last of them is closed. */
final class Storage {
  final DeviceMemory memory;
  final Buffer buffer;
  long version;
  private final AtomicInteger users = new AtomicInteger(1);

  Storage(DeviceMemory memory, long bytes) {
    this.memory = memory;
    this.buffer = memory.allocate(bytes);
  }

  Storage share() {
    users.incrementAndGet();
    return this;
  }

  boolean isShared() {
    return users.get() > 1;
  }

  void leave() {
    if (users.decrementAndGet() == 0) {
      memory.release(buffer);
    }
  }
}
