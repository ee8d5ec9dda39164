package io.auxgrad.kernels.cuda.vendor;

import jcuda.Pointer;

/** An address, of the GPU's memory or of the host's. */
final class Address extends Pointer {
  static final Address NULL = new Address(0);

  private final long value;

  Address(long value) {
    super(value);
    this.value = value;
  }

  long value() {
    return value;
  }
}
