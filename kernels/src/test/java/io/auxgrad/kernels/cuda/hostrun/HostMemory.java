package io.auxgrad.kernels.cuda.hostrun;

import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.MemoryCapacity;
import io.auxgrad.tensor.MemoryUsage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory that the host hides from itself, as a GPU's is. Buffers come filled with NaNs and with a
 * guard zone on either side, which is looked at when they are given back.
 */
final class HostMemory implements DeviceMemory {
  private static final long ZONE = 256;
  private static final byte GUARD = (byte) 0xA5;
  private static final byte FRESH = (byte) 0xFF;

  private final Device device;
  private final Runnable synchronize;
  private final Fence fence;
  private long live;
  private long peak;

  /**
   * {@code synchronize} is called where a GPU's memory would wait for the kernels, {@code fence}
   * keeps them off the zones.
   */
  HostMemory(Device device, Runnable synchronize, Fence fence) {
    this.device = device;
    this.synchronize = synchronize;
    this.fence = fence;
  }

  private record Block(Arena arena, MemorySegment all, long capacity) implements Buffer {
    MemorySegment inside() {
      return all.asSlice(ZONE, capacity);
    }

    @Override
    public long address() {
      return all.address() + ZONE;
    }

    @Override
    public MemorySegment host() {
      return null;
    }
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public Buffer allocate(long bytes) {
    Arena arena = Arena.ofShared();
    MemorySegment all = arena.allocate(bytes + 2 * ZONE, ZONE);
    all.fill(GUARD);
    Block block = new Block(arena, all, bytes);
    block.inside().fill(FRESH);
    fence.forbid(all.asSlice(0, ZONE));
    fence.forbid(all.asSlice(ZONE + bytes));
    live += bytes;
    peak = Math.max(peak, live);
    return block;
  }

  @Override
  public void release(Buffer buffer) {
    Block block = (Block) buffer;
    live -= block.capacity();
    fence.allow(block.all());
    long firstBad = firstBad(block);
    block.arena().close();
    if (firstBad != Long.MIN_VALUE) {
      throw new AssertionError(
          "a kernel wrote at byte %d of a buffer of %d bytes"
              .formatted(firstBad, block.capacity()));
    }
  }

  private static long firstBad(Block block) {
    long size = block.all().byteSize();
    for (long i = 0; i < size; i++) {
      if (i == ZONE) {
        i += block.capacity();
        if (i == size) {
          break;
        }
      }
      if (block.all().get(ValueLayout.JAVA_BYTE, i) != GUARD) {
        return i - ZONE;
      }
    }
    return Long.MIN_VALUE;
  }

  // A recording's memory hands on buffers of its own, which tell the same address.
  @SuppressWarnings("restricted")
  private static MemorySegment content(Buffer buffer) {
    return MemorySegment.ofAddress(buffer.address()).reinterpret(buffer.capacity());
  }

  @Override
  public void upload(MemorySegment host, Buffer buffer) {
    MemorySegment.copy(host, 0, content(buffer), 0, host.byteSize());
  }

  @Override
  public void download(Buffer buffer, MemorySegment host) {
    synchronize.run();
    MemorySegment.copy(content(buffer), 0, host, 0, host.byteSize());
  }

  @Override
  public void clear(Buffer buffer, long bytes) {
    content(buffer).asSlice(0, bytes).fill((byte) 0);
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
  public void trim() {}
}
