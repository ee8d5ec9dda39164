package io.auxgrad.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A dense, contiguous, row-major array in a device's memory.
 *
 * <p>A tensor belongs to the {@link TensorScope} that was innermost when it was made, and is closed
 * with it; made outside of every scope, or after {@link TensorScope#keep}, it belongs to the
 * caller, who closes it. {@link #close} may always be called early and twice. Fresh memory is not
 * zeroed. Not thread-safe: one thread works on a tensor at a time.
 */
public final class Tensor implements AutoCloseable {
  /** The name under which {@link Launch} sees a host that looks at values. */
  static final String READ = "tensor.read";

  private final Storage storage;
  private final DType dtype;
  private final Shape shape;
  private boolean open = true;

  // Kept by TensorScope and LiveTensors, so that tensors come and go without garbage.
  TensorScope scope;
  Tensor before;
  Tensor after;
  int place;
  Throwable origin;

  private Tensor(Storage storage, DType dtype, Shape shape) {
    this.storage = storage;
    this.dtype = dtype;
    this.shape = shape;
    TensorScope.register(this);
  }

  /**
   * A tensor with arbitrary content.
   *
   * @throws OutOfDeviceMemory if the device has no room for it
   */
  public static Tensor empty(DeviceMemory memory, DType dtype, Shape shape) {
    try {
      return new Tensor(new Storage(memory, shape.size() * dtype.bytes()), dtype, shape);
    } catch (OutOfDeviceMemory e) {
      throw e.forTensor(dtype, shape, TensorScope.largest(memory.device()));
    }
  }

  /** A tensor of zeros. */
  public static Tensor zeros(DeviceMemory memory, DType dtype, Shape shape) {
    Tensor t = empty(memory, dtype, shape);
    Launch.run("tensor.zeros", () -> memory.clear(t.storage.buffer, t.byteSize()), t);
    return t;
  }

  /** A float32 tensor of the given values in row-major order. */
  public static Tensor of(DeviceMemory memory, Shape shape, float... values) {
    return empty(memory, DType.FLOAT32, shape).set(values);
  }

  /** An int32 tensor of the given values in row-major order. */
  public static Tensor ofInts(DeviceMemory memory, Shape shape, int... values) {
    return empty(memory, DType.INT32, shape).set(values);
  }

  /** A uint8 tensor of the given bytes in row-major order. */
  public static Tensor ofBytes(DeviceMemory memory, Shape shape, byte... values) {
    return empty(memory, DType.UINT8, shape).set(values);
  }

  /** Extents. */
  public Shape shape() {
    return shape;
  }

  /** Element type. */
  public DType dtype() {
    return dtype;
  }

  /** The memory that holds the elements. */
  public DeviceMemory memory() {
    return storage.memory;
  }

  /** The device that holds the elements. */
  public Device device() {
    return storage.memory.device();
  }

  /** Number of elements. */
  public long size() {
    return shape.size();
  }

  /** Number of bytes. */
  public long byteSize() {
    return shape.size() * dtype.bytes();
  }

  /** Native address of the first element, for kernels. */
  public long address() {
    requireOpen();
    return storage.buffer.address();
  }

  /**
   * The elements as seen by the host, exactly {@link #byteSize} bytes; only for host-reachable
   * devices. Who writes them says so with {@link #modified}.
   */
  public MemorySegment segment() {
    requireOpen();
    MemorySegment host = storage.buffer.host();
    if (host == null) {
      throw new TensorException(
          "tensor " + this + " is not reachable from the host: download it with toFloats()");
    }
    return host.asSlice(0, byteSize());
  }

  /** The same elements under another shape of the same size; shares the memory. */
  public Tensor reshape(Shape to) {
    requireOpen();
    if (to.size() != shape.size()) {
      throw new TensorException(
          "reshape: " + shape + " has " + size() + " elements, " + to + " has " + to.size());
    }
    return new Tensor(storage.share(), dtype, to);
  }

  /** Overwrites all elements of a float32 tensor. */
  public Tensor set(float... values) {
    return upload(DType.FLOAT32, MemorySegment.ofArray(values), values.length);
  }

  /** Overwrites all elements of an int32 tensor. */
  public Tensor set(int... values) {
    return upload(DType.INT32, MemorySegment.ofArray(values), values.length);
  }

  /** Overwrites all elements of a uint8 tensor. */
  public Tensor set(byte... values) {
    return upload(DType.UINT8, MemorySegment.ofArray(values), values.length);
  }

  /** Overwrites all bytes, in the device's native order. */
  public Tensor setBytes(MemorySegment host) {
    requireOpen();
    if (host.byteSize() != byteSize()) {
      throw new TensorException(
          "set: " + this + " takes " + byteSize() + " bytes, got " + host.byteSize());
    }
    Launch.run("tensor.set", () -> storage.memory.upload(host, storage.buffer), this);
    modified();
    return this;
  }

  /** Overwrites the bytes from byte {@code from} on, in the device's native order. */
  public Tensor setBytes(long from, MemorySegment host) {
    requireOpen();
    if (from < 0 || host.byteSize() > byteSize() - from) {
      throw new TensorException(
          "set: %s has %d bytes, got %d for byte %d on"
              .formatted(this, byteSize(), host.byteSize(), from));
    }
    BufferPart part = new BufferPart(storage.buffer, from);
    Launch.run("tensor.set", () -> storage.memory.upload(host, part), this);
    modified();
    return this;
  }

  /** Copies all bytes to the host, in the device's native order. */
  public void getBytes(MemorySegment host) {
    requireOpen();
    if (host.byteSize() != byteSize()) {
      throw new TensorException(
          "get: " + this + " has " + byteSize() + " bytes, room for " + host.byteSize());
    }
    Launch.run(READ, () -> storage.memory.download(storage.buffer, host), this);
  }

  /**
   * Asks for all bytes without waiting for them: they are those at this place in the order of what
   * is asked of the device, whatever is written afterwards.
   */
  public Readout readLater() {
    requireOpen();
    Readout[] readout = new Readout[1];
    Launch.run(READ, () -> readout[0] = storage.memory.readLater(storage.buffer, byteSize()), this);
    return readout[0];
  }

  /** A copy of the elements of a float32 tensor. */
  public float[] toFloats() {
    float[] out = new float[Math.toIntExact(size())];
    download(DType.FLOAT32, MemorySegment.ofArray(out));
    return out;
  }

  /** A copy of the elements of an int32 tensor. */
  public int[] toInts() {
    int[] out = new int[Math.toIntExact(size())];
    download(DType.INT32, MemorySegment.ofArray(out));
    return out;
  }

  /** A copy of the elements of a uint8 tensor. */
  public byte[] toBytes() {
    byte[] out = new byte[Math.toIntExact(size())];
    download(DType.UINT8, MemorySegment.ofArray(out));
    return out;
  }

  /** The value of a float32 tensor of size 1. */
  public float item() {
    if (size() != 1) {
      throw new TensorException("item: " + this + " has " + size() + " elements, one is needed");
    }
    requireType(DType.FLOAT32);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(ValueLayout.JAVA_FLOAT);
      getBytes(host);
      return host.get(ValueLayout.JAVA_FLOAT, 0);
    }
  }

  /**
   * True while another open tensor, a view of this one or the one it views, has the same memory.
   */
  public boolean isShared() {
    requireOpen();
    return storage.isShared();
  }

  /**
   * How often the elements were changed after they were made, by this tensor or a view of it: what
   * was computed from them is up to date as long as this number stays.
   */
  public long version() {
    return storage.version;
  }

  /** Says that the elements have been changed in place; ops that do so call it. */
  public void modified() {
    storage.version++;
  }

  /**
   * What a backend derived of the elements and keeps beside them, in whatever form serves it: of
   * all views of the memory, and closed with it.
   */
  public interface Companion extends AutoCloseable {
    @Override
    void close();
  }

  /** The companion that was {@linkplain #accompany given}, or null. */
  public Companion companionOrNull() {
    return storage.companion;
  }

  /**
   * Closes {@code companion} with the memory; there is one per tensor. A {@link #version} tells it
   * whether what it was derived of still holds.
   */
  public void accompany(Companion companion) {
    requireOpen();
    storage.companion = companion;
  }

  /**
   * Whether the memory is a recording's own: its runs write it anew, without a new {@link
   * #version}.
   */
  public boolean isRecorded() {
    return storage.buffer.isRecorded();
  }

  /** What identifies the memory: equal for a tensor and its views. */
  Object storage() {
    return storage;
  }

  /** False after {@link #close}. */
  public boolean isOpen() {
    return open;
  }

  /** Gives the memory back, once no view of it is open. Closing twice is harmless. */
  @Override
  public void close() {
    if (open) {
      open = false;
      TensorScope.unregister(this);
      storage.leave();
    }
  }

  /** Opens a closed tensor for a {@link Recording} that knows its memory to be its own. */
  void revive(boolean on) {
    open = on;
  }

  private Tensor upload(DType type, MemorySegment values, int count) {
    requireType(type);
    if (count != size()) {
      throw new TensorException("set: " + this + " takes " + size() + " values, got " + count);
    }
    return setBytes(values);
  }

  private void download(DType type, MemorySegment out) {
    requireType(type);
    getBytes(out);
  }

  private void requireType(DType type) {
    if (dtype != type) {
      throw new TensorException("tensor " + this + " is not " + type);
    }
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException(
          "tensor "
              + this
              + " was closed already: keep it with scope.keep(t), or use it inside its scope",
          origin);
    }
  }

  /** Dtype, shape and device, for example {@code FLOAT32[4,120,160,3]@cpu}. */
  @Override
  public String toString() {
    return dtype + shape.toString() + "@" + device();
  }
}
