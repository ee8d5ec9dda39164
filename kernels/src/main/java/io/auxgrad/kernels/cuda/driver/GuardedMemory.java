package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.MemoryCapacity;
import io.auxgrad.tensor.MemoryUsage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory whose buffers come filled with NaNs and with a guard zone behind them, which is looked at
 * when they are given back. That waits for the GPU each time: for looking for errors only.
 */
final class GuardedMemory implements DeviceMemory {
  private static final long ZONE = 512;
  private static final int NAN = 0x7fc0_0bad;
  private static final byte MARK = (byte) 0xa5;

  private final DeviceMemory memory;

  /** On top of {@code memory}. */
  GuardedMemory(DeviceMemory memory) {
    this.memory = memory;
  }

  private record Guarded(Buffer inner, long capacity, Throwable origin) implements Buffer {
    @Override
    public long address() {
      return inner.address();
    }

    @Override
    public MemorySegment host() {
      return null;
    }
  }

  @Override
  public Device device() {
    return memory.device();
  }

  @Override
  public Buffer allocate(long bytes) {
    Buffer inner = memory.allocate(bytes + ZONE);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment content = arena.allocate(bytes + ZONE);
      for (long at = 0; at + Integer.BYTES <= bytes; at += Integer.BYTES) {
        content.set(ValueLayout.JAVA_INT_UNALIGNED, at, NAN);
      }
      content.asSlice(bytes).fill(MARK);
      memory.upload(content, inner);
    }
    return new Guarded(inner, bytes, new Throwable("the buffer was made here"));
  }

  @Override
  public void release(Buffer buffer) {
    Guarded guarded = (Guarded) buffer;
    try {
      check(guarded);
    } finally {
      memory.release(guarded.inner);
    }
  }

  private void check(Guarded guarded) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment content = arena.allocate(guarded.capacity + ZONE);
      memory.download(guarded.inner, content);
      for (long at = guarded.capacity; at < content.byteSize(); at++) {
        if (content.get(ValueLayout.JAVA_BYTE, at) != MARK) {
          throw new IllegalStateException(
              "buffer of %d bytes at 0x%x was written past its end, at byte %d"
                  .formatted(guarded.capacity, guarded.address(), at),
              guarded.origin);
        }
      }
    }
  }

  // A recording's memory hands on buffers of its own, which tell the same address.

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
    memory.trim();
  }
}
