package io.auxgrad.kernels.cuda.launch;

import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.RecordedMemory;
import io.auxgrad.tensor.ops.Stopwatch;

/**
 * Where kernels run. Copies and launches take effect in the order in which they were asked for;
 * launches return before they are done. One thread at a time.
 */
public interface Gpu extends AutoCloseable {
  /** Its memory. */
  DeviceMemory memory();

  /** Another pool of the same memory, apart from {@link #memory}, for a recording. */
  RecordedMemory newMemory();

  /**
   * Says that kernels of {@code file} will be asked for, so that files can be compiled together.
   */
  default void announce(String file) {}

  /**
   * The kernel {@code name} of {@code file}, compiled at first use; the same object each time.
   *
   * @param file one of the {@code .cu} files, for example {@code pointwise.cu}
   * @param name of an {@code extern "C"} entry point in it
   */
  Kernel kernel(String file, String name);

  /** Multiprocessors: how many blocks keep it busy grows with them. */
  int multiprocessors();

  /** Whether it has instructions for bfloat16. */
  boolean multipliesBfloat16();

  /** Faults that kernels report, for example a label out of range. */
  Faults faults();

  /** Waits until all that was asked for is done, and throws what went wrong in it. */
  void synchronize();

  /** Times what it does; to be closed before it. */
  default Stopwatch stopwatch() {
    return Stopwatch.ofHost();
  }

  /** One line for people: device, architecture, libraries and their versions. */
  String describe();

  @Override
  void close();
}
