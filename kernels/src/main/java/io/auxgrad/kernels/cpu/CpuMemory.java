package io.auxgrad.kernels.cpu;

import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.MemoryCapacity;
import io.auxgrad.tensor.MemoryUsage;
import io.auxgrad.tensor.OutOfDeviceMemory;
import java.lang.foreign.MemorySegment;

/**
 * The host's memory as a pool of 64-byte aligned buffers; thread-safe.
 *
 * <p>With {@code -Dauxgrad.debug.guards=true} every buffer comes filled with NaNs and with a guard
 * zone behind it, which is looked at when the buffer is given back: a kernel that reads what nobody
 * wrote yields NaN, one that writes too far is told by an exception with the place where the buffer
 * was made. Of a recording, as that of a training's step, this holds while it is recorded, not when
 * it is replayed.
 */
public final class CpuMemory implements DeviceMemory {
  // Small and long-lived buffers (parameters, statistics) must not split the room of the large
  // ones.
  private static final long SMALL = 64 << 10;
  private static final long SMALL_SLAB = 1 << 20;
  private static final long LARGE_SLAB = 32 << 20;

  // Held by who works on the slabs, which those that borrow from them share.
  private final Object lock;
  private final boolean guarded;
  private final Slabs small;
  private final Slabs large;
  private long liveBytes;
  private long peakBytes;

  /** A pool that guards its buffers if the system property {@code auxgrad.debug.guards} says so. */
  public CpuMemory() {
    this(Boolean.getBoolean("auxgrad.debug.guards"));
  }

  CpuMemory(boolean guarded) {
    this(new Object(), guarded, Slabs.ofHeap(SMALL_SLAB), Slabs.ofAddressSpace(LARGE_SLAB));
  }

  private CpuMemory(Object lock, boolean guarded, Slabs small, Slabs large) {
    this.lock = lock;
    this.guarded = guarded;
    this.small = small;
    this.large = large;
  }

  /**
   * Another one, for a recording, which goes on writing to the buffers that it gave back. It takes
   * free memory of this one before it asks the system, and {@link #trim} gives back what it has.
   */
  CpuMemory forRecording() {
    synchronized (lock) {
      return new CpuMemory(lock, guarded, small.borrowing(), large.borrowing());
    }
  }

  @Override
  public Device device() {
    return Device.CPU;
  }

  @Override
  public Buffer allocate(long bytes) {
    synchronized (lock) {
      long needed = guarded ? bytes + Guard.BYTES : bytes;
      Slabs.Block block = take(needed);
      liveBytes += block.size;
      peakBytes = Math.max(peakBytes, liveBytes);
      block.guard =
          guarded ? Guard.around(NativeHeap.view(block.address, block.size), bytes) : null;
      return block;
    }
  }

  @Override
  public void release(Buffer buffer) {
    synchronized (lock) {
      Slabs.Block block = (Slabs.Block) buffer;
      if (block.isFree) {
        throw new IllegalStateException(
            "buffer at 0x%x is not in use: released twice?".formatted(block.address));
      }
      Guard guard = block.guard;
      block.guard = null;
      liveBytes -= block.size;
      slabs(block.size).give(block);
      if (guard != null) {
        guard.check();
      }
    }
  }

  @Override
  public void upload(MemorySegment host, Buffer buffer) {
    MemorySegment.copy(host, 0, buffer.host(), 0, host.byteSize());
  }

  @Override
  public void download(Buffer buffer, MemorySegment host) {
    MemorySegment.copy(buffer.host(), 0, host, 0, host.byteSize());
  }

  @Override
  public void clear(Buffer buffer, long bytes) {
    buffer.host().asSlice(0, bytes).fill((byte) 0);
  }

  @Override
  public MemoryUsage usage() {
    synchronized (lock) {
      return new MemoryUsage(liveBytes, peakBytes, small.reserved() + large.reserved());
    }
  }

  @Override
  public MemoryCapacity capacity() {
    return MemoryCapacity.ofHost();
  }

  @Override
  public void trim() {
    synchronized (lock) {
      small.trim();
      large.trim();
    }
  }

  private Slabs.Block take(long bytes) {
    try {
      return slabs(bytes).take(bytes);
    } catch (OutOfMemoryError e) {
      throw OutOfDeviceMemory.of(this, bytes, "use a smaller batch or size");
    }
  }

  private Slabs slabs(long bytes) {
    return bytes <= SMALL ? small : large;
  }
}
