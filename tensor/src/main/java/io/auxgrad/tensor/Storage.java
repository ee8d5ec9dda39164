package io.auxgrad.tensor;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/** A buffer shared by a tensor and its views; given back when the last of them is closed. */
final class Storage {
  private static final AtomicIntegerFieldUpdater<Storage> USERS =
      AtomicIntegerFieldUpdater.newUpdater(Storage.class, "users");

  final DeviceMemory memory;
  final Buffer buffer;
  long version;
  volatile Tensor.Companion companion;
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
      closeCompanion();
      memory.release(buffer);
    }
  }

  private void closeCompanion() {
    Tensor.Companion last = companion;
    companion = null;
    if (last != null) {
      last.close();
    }
  }
}
