package io.auxgrad.kernels.cuda.launch;

import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.MemoryCapacity;
import io.auxgrad.tensor.MemoryUsage;
import io.auxgrad.tensor.Replay;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory without end that holds nothing, and kernels that do nothing but must be launchable. */
public final class UnlimitedGpu implements Gpu {
  private static final int MULTIPROCESSORS = 132;
  private static final long ALIGNMENT = 512;
  private static final int MOST_THREADS = 1024;
  private static final int MOST_DOWN = 65_535;

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment fault = arena.allocate(Faults.BYTES, 16);
  private final Faults faults = new Faults(fault.address(), fault);
  private final DeviceMemory memory = new Nowhere();
  private long launches;

  /** Kernels that were launched. */
  public long launches() {
    return launches;
  }

  @Override
  public DeviceMemory memory() {
    return memory;
  }

  @Override
  public Replay record(Runnable body) {
    throw new UnsupportedOperationException("nothing is done here, and so nothing again");
  }

  @Override
  public Kernel kernel(String file, String name) {
    return new Launchable(name);
  }

  @Override
  public int multiprocessors() {
    return MULTIPROCESSORS;
  }

  @Override
  public boolean multipliesBfloat16() {
    return true;
  }

  @Override
  public Faults faults() {
    return faults;
  }

  @Override
  public void synchronize() {}

  @Override
  public String describe() {
    return "a GPU without limits";
  }

  @Override
  public void close() {}

  private final class Launchable extends Kernel {
    Launchable(String name) {
      super(name, arena);
    }

    @Override
    protected void run(int x, int y, int z, int threads, MemorySegment arguments, int count) {
      boolean fits = x > 0 && y > 0 && y <= MOST_DOWN && z > 0 && z <= MOST_DOWN;
      if (!fits || threads <= 0 || threads > MOST_THREADS) {
        throw new AssertionError(
            "kernel %s in %d x %d x %d blocks of %d threads".formatted(name(), x, y, z, threads));
      }
      launches++;
    }
  }

  /** Addresses, and no memory behind them. */
  private static final class Nowhere implements DeviceMemory {
    private record Addresses(long address, long capacity) implements Buffer {
      @Override
      public MemorySegment host() {
        return null;
      }
    }

    private long next = ALIGNMENT;

    @Override
    public Device device() {
      return Device.cuda(0);
    }

    @Override
    public Buffer allocate(long bytes) {
      if (bytes < 0) {
        throw new AssertionError(bytes + " bytes were asked for");
      }
      Buffer buffer = new Addresses(next, bytes);
      next += Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
      return buffer;
    }

    @Override
    public void release(Buffer buffer) {}

    @Override
    public void upload(MemorySegment host, Buffer buffer) {}

    @Override
    public void download(Buffer buffer, MemorySegment host) {}

    @Override
    public void clear(Buffer buffer, long bytes) {}

    @Override
    public MemoryUsage usage() {
      return new MemoryUsage(next, next, next);
    }

    @Override
    public MemoryCapacity capacity() {
      return new MemoryCapacity(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    @Override
    public void trim() {}
  }
}
