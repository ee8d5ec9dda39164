package io.auxgrad.tensor;

import java.lang.foreign.MemorySegment;

/** The memory of one device: a pool of buffers and the copies between them and the host. */
public interface DeviceMemory {
  /** The device whose memory this is. */
  Device device();

  /** A buffer of at least {@code bytes} bytes with arbitrary content; 64-byte aligned. */
  Buffer allocate(long bytes);

  /** Gives a buffer back to the pool; it must not be used afterwards. */
  void release(Buffer buffer);

  /** Copies all of {@code host} to the start of {@code buffer}. */
  void upload(MemorySegment host, Buffer buffer);

  /** Copies the start of {@code buffer} into all of {@code host}; waits for the device. */
  void download(Buffer buffer, MemorySegment host);

  /**
   * Copies the first {@code bytes} bytes of {@code buffer} to the host, in the order of what is
   * asked of the device, without waiting for it.
   */
  default Readout readLater(Buffer buffer, long bytes) {
    int words = Math.toIntExact(Math.ceilDiv(bytes, Long.BYTES));
    MemorySegment host = MemorySegment.ofArray(new long[words]).asSlice(0, bytes);
    download(buffer, host);
    return Readout.of(host);
  }

  /** Sets the first {@code bytes} bytes to zero. */
  void clear(Buffer buffer, long bytes);

  /** Bytes in use now, in use at most so far, and held from the system. */
  MemoryUsage usage();

  /** What the device has, whoever uses it. */
  MemoryCapacity capacity();

  /** Returns unused buffers to the system. */
  void trim();
}
