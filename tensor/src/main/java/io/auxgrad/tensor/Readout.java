package io.auxgrad.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The content that a tensor had when it was asked for, on its way to the host. */
public interface Readout {
  /** Whether it has arrived, so that nothing is gained by asking for it later. */
  boolean isHere();

  /**
   * The bytes, in the device's native order; waits until the device has come to where they were
   * asked for, and no further.
   */
  MemorySegment await();

  /** The values of a float32 tensor. */
  default float[] awaitFloats() {
    return await().toArray(ValueLayout.JAVA_FLOAT);
  }

  /** One that is there already. */
  static Readout of(MemorySegment bytes) {
    return new Readout() {
      @Override
      public boolean isHere() {
        return true;
      }

      @Override
      public MemorySegment await() {
        return bytes;
      }
    };
  }
}
