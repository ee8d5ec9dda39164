package io.auxgrad.kernels.cuda.launch;

import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Replay;

/**
 * Where kernels run. Copies and launches take effect in the order in which they were asked for;
 * launches return before they are done. One thread at a time.
 */
public interface Gpu extends AutoCloseable {
  /** Its memory. */
  DeviceMemory memory();

  /** Runs {@code body} once and keeps what it asks of the GPU, to be run again. */
  Replay record(Runnable body);

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

  /** One line for people: device, architecture, libraries and their versions. */
  String describe();

  @Override
  void close();
}
