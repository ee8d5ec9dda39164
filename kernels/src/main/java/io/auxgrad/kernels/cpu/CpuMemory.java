package io.auxgrad.kernels.cpu;

import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.MemoryUsage;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * The host's memory as a pool of 64-byte aligned buffers; thread-safe.
 *
 * <p>With {@code -Dauxgrad.debug.guards=true} every buffer comes filled with NaNs and with a guard
 * zone behind it, which is looked at when the buffer is given back: a kernel that reads what nobody
 * wrote yields NaN, one that writes too far is told by an exception with the place where the buffer
 * was made.
 */
public final class CpuMemory implements DeviceMemory {
  // Small and long-lived buffers (parameters, statistics) must not split the room of the large
  // ones.
  private static final long SMALL = 64 << 10;
  private static final long SMALL_SLAB = 1 << 20;
  private static final long LARGE_SLAB = 32 << 20;

  private record Live(Slabs.Block block, Guard guard) {}

  private final boolean guarded;
  private final Slabs small = new Slabs(SMALL_SLAB);
  private final Slabs large = new Slabs(LARGE_SLAB);
  private final Map<Long, Live> live = new HashMap<>();
  private long liveBytes;
  private long peakBytes;

  /** A pool that guards its buffers if the system property {@code auxgrad.debug.guards} says so. */
  public CpuMemory() {
    this(Boolean.getBoolean("auxgrad.debug.guards"));
  }

  CpuMemory(boolean guarded) {
    this.guarded = guarded;
  }

  @Override
  public Device device() {
    return Device.CPU;
  }

  @Override
  public synchronized Buffer allocate(long bytes) {
    long needed = guarded ? bytes + Guard.BYTES : bytes;
    Slabs.Block block = slabs(needed).take(needed);
    liveBytes += block.size;
    peakBytes = Math.max(peakBytes, liveBytes);
    MemorySegment all = NativeHeap.view(block.address, block.size);
    live.put(block.address, new Live(block, guarded ? Guard.around(all, bytes) : null));
    long capacity = guarded ? bytes : block.size;
    return new Buffer(block.address, capacity, all.asSlice(0, capacity));
  }

  @Override
  public synchronized void release(Buffer buffer) {
    Live entry = live.remove(buffer.address());
    if (entry == null) {
      throw new IllegalStateException(
          "buffer at 0x%x is not in use: released twice?".formatted(buffer.address()));
    }
    Slabs.Block block = entry.block();
    liveBytes -= block.size;
    slabs(block.size).give(block);
    if (entry.guard() != null) {
      entry.guard().check();
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
  public synchronized MemoryUsage usage() {
    return new MemoryUsage(liveBytes, peakBytes, small.reserved() + large.reserved());
  }

  @Override
  public synchronized void trim() {
    small.trim();
    large.trim();
  }

  private Slabs slabs(long bytes) {
    return bytes <= SMALL ? small : large;
  }
}
