package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.driver.FreeBlocks.Block;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.MemoryCapacity;
import io.auxgrad.tensor.MemoryUsage;
import io.auxgrad.tensor.OutOfDeviceMemory;
import io.auxgrad.tensor.Readout;
import io.auxgrad.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import java.util.function.Supplier;
import jcuda.driver.JCudaDriver;

/**
 * The memory of a GPU. Buffers that are given back wait in {@link FreeBlocks} for the next request
 * of their size, which costs no call of the driver; what is missing comes from the driver's pool.
 *
 * <p>A buffer may be given back as soon as its last use is launched: who gets it next uses it later
 * in the same stream. Thread-safe.
 */
final class CudaMemory implements DeviceMemory {
  private final Device device;
  private final Context context;
  private final Stream stream;
  private final Stream aside;
  private final Staging staging;
  private final Slips slips;
  private final Readouts readouts;
  private final MemoryPool pool;
  private final CudaMemory giver;
  private final FreeBlocks general = new FreeBlocks();
  private FreeBlocks current = general;
  private Constants constants;
  private long live;
  private long peak;

  /**
   * With free buffers of its own.
   *
   * @param pool that it grows from
   * @param stream of all uses of the memory
   * @param aside a stream that is never captured
   */
  CudaMemory(
      Device device,
      MemoryPool pool,
      Stream stream,
      Stream aside,
      Staging staging,
      Slips slips,
      Readouts readouts) {
    this.device = device;
    this.context = stream.context();
    this.stream = stream;
    this.aside = aside;
    this.staging = staging;
    this.slips = slips;
    this.readouts = readouts;
    this.pool = pool;
    giver = this;
  }

  private CudaMemory(CudaMemory giver) {
    device = giver.device;
    context = giver.context;
    stream = giver.stream;
    aside = giver.aside;
    staging = giver.staging;
    slips = giver.slips;
    readouts = giver.readouts;
    pool = giver.pool;
    this.giver = giver;
  }

  /**
   * Another one, for a recording, which goes on writing to the buffers that it gave back: where the
   * GPU is full, it is this one's free buffers that are given up for room.
   */
  CudaMemory forRecording() {
    return new CudaMemory(this);
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public synchronized Buffer allocate(long bytes) {
    int size = FreeBlocks.sizeFor(bytes);
    Block block = current.take(size, current);
    if (block == null && current != general) {
      block = general.take(size, current);
    }
    if (block == null) {
      block = new Block(grow(size, bytes), size, current);
    }
    live += block.capacity();
    peak = Math.max(peak, live);
    return block;
  }

  @Override
  public synchronized void release(Buffer buffer) {
    Block block = (Block) buffer;
    if (current != general) {
      current.claim(block);
    }
    FreeBlocks.give(block);
    live -= buffer.capacity();
  }

  private long grow(int size, long asked) {
    long bytes = FreeBlocks.bytesOf(size);
    OptionalLong address = take(bytes);
    if (address.isEmpty() && !stream.isCapturing()) {
      giver.trim();
      address = take(bytes);
    }
    return address.orElseThrow(() ->
        OutOfDeviceMemory.of(
            this, asked, "use a smaller batch or size, or end what else uses the GPU"));
  }

  // In a stream that is captured, the request would become a part of the graph.
  private OptionalLong take(long bytes) {
    if (!stream.isCapturing()) {
      return pool.allocate(bytes, stream);
    }
    OptionalLong address = pool.allocate(bytes, aside);
    aside.synchronize();
    return address;
  }

  @Override
  public MemoryCapacity capacity() {
    long[] free = new long[1];
    long[] total = new long[1];
    context.enter();
    context.calls().check(JCudaDriver.cuMemGetInfo(free, total), "cuMemGetInfo");
    return new MemoryCapacity(free[0], total[0]);
  }

  @Override
  public void upload(MemorySegment host, Buffer buffer) {
    if (constants != null) {
      constants.upload(host, buffer.address());
    } else if (host.byteSize() <= Slips.MOST_BYTES) {
      slips.upload(host, buffer.address());
    } else {
      staging.upload(host, buffer.address());
    }
  }

  @Override
  public void download(Buffer buffer, MemorySegment host) {
    staging.download(buffer.address(), host);
  }

  @Override
  public Readout readLater(Buffer buffer, long bytes) {
    return bytes <= Readouts.MOST_BYTES
        ? readouts.request(buffer.address(), bytes)
        : DeviceMemory.super.readLater(buffer, bytes);
  }

  @Override
  public void clear(Buffer buffer, long bytes) {
    if (bytes > 0) {
      context.enter();
      int status = context.driver().fill(buffer.address(), (byte) 0, bytes, stream.address());
      context.calls().check(status, "cuMemsetD8Async");
    }
  }

  /** What is held counts for all memories of this GPU together, which share it. */
  @Override
  public synchronized MemoryUsage usage() {
    return new MemoryUsage(live, peak, pool.reserved());
  }

  @Override
  public synchronized void trim() {
    giveBack();
    staging.trim();
    pool.trim();
  }

  /** Gives what waits for its next use back to the pool, which makes other sizes of it. */
  synchronized void giveBack() {
    stream.requireNoCapture("given back");
    for (Block block = general.removeAny(); block != null; block = general.removeAny()) {
      pool.free(block.address(), stream);
    }
    stream.synchronize();
  }

  /**
   * From now on buffers that are given back serve only the capture. They belong to its graph, which
   * writes to them in each run.
   *
   * @param constants takes the uploads
   */
  synchronized FreeBlocks beginCapture(Constants constants) {
    this.constants = constants;
    current = FreeBlocks.ofGraph();
    return current;
  }

  /**
   * What {@code make} allocates is not the graph's, which has used its memory for something else
   * before and does so again in each run.
   */
  Tensor outsideOfCapture(Supplier<Tensor> make) {
    FreeBlocks ofGraph = exchange(general);
    try {
      return make.get();
    } finally {
      exchange(ofGraph);
    }
  }

  private synchronized FreeBlocks exchange(FreeBlocks next) {
    FreeBlocks before = current;
    current = next;
    return before;
  }

  /** Ends that. */
  synchronized void endCapture() {
    constants = null;
    current = general;
  }

  /** The graph is gone: its buffers are for all again. */
  synchronized void reclaim(FreeBlocks ofGraph) {
    ofGraph.bequeath(general);
  }
}
