package io.auxgrad.tensor;

import java.lang.foreign.MemorySegment;

/**
 * A piece of a device's memory, handed out by {@link DeviceMemory#allocate} and given back with
 * {@link DeviceMemory#release}.
 */
public interface Buffer {
  /** The native address, 64-byte aligned. */
  long address();

  /** Bytes that may be used, at least those asked for. */
  long capacity();

  /** The same bytes as seen by the host, or null where the host cannot reach them. */
  MemorySegment host();

  /** Whether it is a recording's own, which writes it anew in each of its runs. */
  default boolean isRecorded() {
    return false;
  }
}
