package io.auxgrad.kernels.cuda.driver;

import java.util.Collection;

/** Where the machine code of our kernels comes from, for one architecture of GPU. */
interface Cubins {
  /** The code of {@code file}, for example {@code pointwise.cu}. */
  byte[] of(String file);

  /** Says that the code of all {@code files} will be asked for soon. */
  default void prepare(Collection<String> files) {}
}
