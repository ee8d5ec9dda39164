package io.auxgrad.kernels.cuda.launch;

import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Replay;
import io.auxgrad.tensor.ops.Stopwatch;
import java.util.Optional;

/**
 * Where kernels run. Copies and launches take effect in the order in which they were asked for;
 * launches return before they are done. One thread at a time.
 */
public interface Gpu extends AutoCloseable {
  /** Its memory. */
  DeviceMemory memory();

  /** Runs {@code body} once and keeps what it asks of the GPU, to be run again. */
  Replay record(Runnable body);

  /** The capture that is under way, in which nothing is done but noted; null outside of one. */
  default Capture captureOrNull() {
    return null;
  }

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

  /**
   * Multiprocessors that work is cut for: how many blocks keep a GPU busy grows with them. It is
   * the same number for all models of GPU, since the parts of a sum decide about its last digits.
   */
  int multiprocessors();

  /** Whether it has instructions for bfloat16. */
  boolean multipliesBfloat16();

  /** Whether it has instructions for TF32. */
  default boolean multipliesTf32() {
    return false;
  }

  /** NVIDIA's convolutions and products of matrices, if they are there. */
  default Optional<Primitives> primitives() {
    return Optional.empty();
  }

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
