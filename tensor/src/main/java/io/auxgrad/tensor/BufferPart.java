package io.auxgrad.tensor;

import java.lang.foreign.MemorySegment;

/**
 * The end of a buffer, to copy to.
 *
 * @param whole the buffer
 * @param from its byte that comes first
 */
record BufferPart(Buffer whole, long from) implements Buffer {
  @Override
  public long address() {
    return whole.address() + from;
  }

  @Override
  public long capacity() {
    return whole.capacity() - from;
  }

  @Override
  public MemorySegment host() {
    return whole.host() == null ? null : whole.host().asSlice(from);
  }
}
