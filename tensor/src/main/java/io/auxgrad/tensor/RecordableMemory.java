package io.auxgrad.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A memory that computations can be {@linkplain #record recorded} in. What a thread allocates while
 * it records comes from a pool of the recording's own, which hands it out again in the same order
 * in each run; what it gives back meanwhile stays the recording's until that is closed.
 */
public final class RecordableMemory implements DeviceMemory {
  /** Of the recording that a thread makes, if it makes one. */
  private static final ThreadLocal<Pool> RECORDING = new ThreadLocal<>();

  private final DeviceMemory general;
  private final Supplier<DeviceMemory> newPool;
  private final Set<Pool> pools = ConcurrentHashMap.newKeySet();

  /**
   * On top of {@code general}, which can copy to and from the buffers of the pools too.
   *
   * @param newPool makes another memory of the device
   */
  public RecordableMemory(DeviceMemory general, Supplier<DeviceMemory> newPool) {
    this.general = general;
    this.newPool = newPool;
  }

  // A pool may use its own bookkeeping of a buffer again, but a recording goes on asking for the
  // address of what was given back.
  private record Lent(Pool pool, Buffer buffer, long address, long capacity, MemorySegment host)
      implements Buffer {
    @Override
    public boolean isRecorded() {
      return true;
    }
  }

  private static final class Pool {
    final RecordableMemory owner;
    final DeviceMemory memory;
    final List<Buffer> fromBefore = new ArrayList<>();
    volatile boolean retired;

    Pool(RecordableMemory owner, DeviceMemory memory) {
      this.owner = owner;
      this.memory = memory;
    }

    Buffer allocate(long bytes) {
      Buffer buffer = memory.allocate(bytes);
      return new Lent(this, buffer, buffer.address(), buffer.capacity(), buffer.host());
    }

    void release(Buffer buffer) {
      memory.release(buffer);
      if (retired) {
        memory.trim();
      }
    }
  }

  /**
   * Runs {@code body} once and keeps its ops.
   *
   * @throws IllegalStateException if {@code body} does something that cannot be recorded
   */
  public Recording record(Runnable body) {
    general.trim();
    Pool pool = new Pool(this, newPool.get());
    pools.add(pool);
    RECORDING.set(pool);
    try {
      return Recording.of(this, () -> retire(pool), body);
    } catch (RuntimeException | Error e) {
      retire(pool);
      throw e;
    } finally {
      RECORDING.remove();
    }
  }

  private Pool poolOrNull() {
    Pool pool = RECORDING.get();
    return pool != null && pool.owner == this ? pool : null;
  }

  /**
   * What {@code make} allocates does not come from the pool of this thread's recording, which has
   * used its memory for something else before and does so again in each run.
   */
  Tensor outsideOfRecording(Supplier<Tensor> make) {
    Pool pool = RECORDING.get();
    RECORDING.remove();
    try {
      return make.get();
    } finally {
      RECORDING.set(pool);
    }
  }

  private void retire(Pool pool) {
    pool.retired = true;
    pool.fromBefore.forEach(general::release);
    pool.fromBefore.clear();
    pool.memory.trim();
    pools.remove(pool);
    general.trim();
  }

  @Override
  public Device device() {
    return general.device();
  }

  @Override
  public Buffer allocate(long bytes) {
    Pool pool = poolOrNull();
    return pool == null ? general.allocate(bytes) : pool.allocate(bytes);
  }

  @Override
  public void release(Buffer buffer) {
    Pool pool = poolOrNull();
    if (buffer instanceof Lent lent) {
      lent.pool.release(lent.buffer);
    } else if (pool == null) {
      general.release(buffer);
    } else {
      pool.fromBefore.add(buffer);
    }
  }

  @Override
  public void upload(MemorySegment host, Buffer buffer) {
    general.upload(host, buffer);
  }

  @Override
  public void download(Buffer buffer, MemorySegment host) {
    general.download(buffer, host);
  }

  @Override
  public Readout readLater(Buffer buffer, long bytes) {
    return general.readLater(buffer, bytes);
  }

  @Override
  public void clear(Buffer buffer, long bytes) {
    general.clear(buffer, bytes);
  }

  /**
   * With the pools of all recordings, each of which is taken to be as full in each run as it was at
   * most. What lay beside them at most is not known: the peak counts what does so now.
   */
  @Override
  public MemoryUsage usage() {
    MemoryUsage outside = general.usage();
    long live = outside.live();
    long peak = outside.live();
    long reserved = outside.reserved();
    for (Pool pool : pools) {
      MemoryUsage more = pool.memory.usage();
      live += more.live();
      peak += more.peak();
      reserved += more.reserved();
    }
    return new MemoryUsage(live, Math.max(peak, outside.peak()), reserved);
  }

  @Override
  public MemoryCapacity capacity() {
    return general.capacity();
  }

  @Override
  public void trim() {
    general.trim();
  }
}
