package io.auxgrad.kernels.cuda.vendor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jcuda.Pointer;

/** The factors of a result, which the libraries read from memory of the host. */
final class Scalars {
  private static final MemorySegment VALUES =
      Arena.global().allocateFrom(ValueLayout.JAVA_FLOAT, 1, 0);

  /** The result is written as it is. */
  static final Pointer ONE = new Address(VALUES.address());

  /** What was there before is not added. */
  static final Pointer ZERO = new Address(VALUES.address() + Float.BYTES);

  private Scalars() {}
}
