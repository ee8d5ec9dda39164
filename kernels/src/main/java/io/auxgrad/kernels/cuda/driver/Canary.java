package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.tensor.Buffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A first kernel, whose result is read back: whether compiler, driver and GPU work together. */
final class Canary {
  static final String FILE = "canary.cu";

  private static final int COUNT = 1 << 12;
  private static final int FACTOR = (int) 2654435761L;
  private static final int SALT = 0x5eed;

  private Canary() {}

  /**
   * Runs it.
   *
   * @throws CudaException if it did not write what it should
   */
  static void run(Gpu gpu) {
    Buffer buffer = gpu.memory().allocate(COUNT * Integer.BYTES);
    try (Arena arena = Arena.ofConfined()) {
      gpu.memory().clear(buffer, COUNT * Integer.BYTES);
      gpu.kernel(FILE, "canary").begin().put(buffer).put(COUNT).launch(COUNT, 1);
      MemorySegment got = arena.allocate(ValueLayout.JAVA_INT, COUNT);
      gpu.memory().download(buffer, got);
      for (int i = 0; i < COUNT; i++) {
        check(i, got.getAtIndex(ValueLayout.JAVA_INT, i));
      }
    } finally {
      gpu.memory().release(buffer);
    }
  }

  private static void check(int i, int got) {
    int want = i * FACTOR ^ SALT;
    if (got != want) {
      throw new CudaException(
          "a first kernel was run on the GPU and left 0x%x where it writes 0x%x (number %d): driver, GPU and compiler do not work together; look at nvidia-smi, and restart the machine or install another driver"
              .formatted(got, want, i));
    }
  }
}
