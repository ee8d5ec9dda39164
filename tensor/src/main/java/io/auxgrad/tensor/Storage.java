package io.auxgrad.tensor;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/** A buffer shared by a tensor and its views; given back when the last of them is closed. */
final class Storage {
  private static final AtomicIntegerFieldUpdater<Storage> USERS =
      AtomicIntegerFieldUpdater.newUpdater(Storage.class, "users");

  final DeviceMemory memory;
  final Buffer buffer;
  long version;
  private volatile int users = 1;

  Storage(DeviceMemory memory, long bytes) {
    this.memory = memory;
    this.buffer = memory.allocate(bytes);
  }

  Storage share() {
    USERS.incrementAndGet(this);
    return this;
  }

  boolean isShared() {
    return users > 1;
  }

  void leave() {
    if (USERS.decrementAndGet(this) == 0) {
      memory.release(buffer);
    }
  }
}
