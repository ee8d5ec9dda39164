package io.auxgrad.kernels.cuda.driver;

/** Where the machine code of our kernels comes from. */
interface Cubins {
  /**
   * The code of a file.
   *
   * @param file for example {@code pointwise.cu}
   * @param architecture of the GPU, for example {@code sm_90}
   */
  byte[] of(String file, String architecture);
}
