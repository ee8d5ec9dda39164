package io.auxgrad.tensor;

import java.lang.foreign.MemorySegment;

/**
 * A piece of a device's memory, handed out by {@link DeviceMemory#allocate} and given back with
 * {@link DeviceMemory#release}.
 *
 * @param address the native address, 64-byte aligned
 * @param capacity bytes that may be used, at least those asked for
 * @param host the same bytes as seen by the host, or null where the host cannot reach them
 */
public record Buffer(long address, long capacity, MemorySegment host) {}
