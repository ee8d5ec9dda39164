package io.auxgrad.tensor;

/**
 * What a {@link DeviceMemory} holds, in bytes.
 *
 * @param live handed out now
 * @param peak handed out at most so far
 * @param reserved taken from the system, in use or waiting for reuse
 */
public record MemoryUsage(long live, long peak, long reserved) {
  /** For people. */
  public String text() {
    return "%s in use, %s at most so far, %s held from the system"
        .formatted(Bytes.text(live), Bytes.text(peak), Bytes.text(reserved));
  }
}
