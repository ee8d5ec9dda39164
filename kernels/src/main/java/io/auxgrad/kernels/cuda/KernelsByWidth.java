package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;

/** A kernel for each number of bytes, a power of two, that it moves at once: {@code name_4}. */
final class KernelsByWidth {
  /** The most that a thread moves at once. */
  static final int WIDEST = 16;

  private final KernelFile file;
  private final String name;
  private final Kernel[] kernels = new Kernel[Integer.numberOfTrailingZeros(WIDEST) + 1];

  KernelsByWidth(KernelFile file, String name) {
    this.file = file;
    this.name = name;
  }

  /** Ready to be given its arguments. */
  Kernel begin(int bytes) {
    int index = Integer.numberOfTrailingZeros(bytes);
    if (kernels[index] == null) {
      kernels[index] = file.kernel(name + "_" + bytes);
    }
    return kernels[index].begin();
  }

  /**
   * The widest unit in which lengths and places can be told, {@code bits} being all of them or'ed.
   */
  static int unit(long bits) {
    return (int) Long.lowestOneBit(bits | WIDEST);
  }
}
