package io.auxgrad.kernels.cuda.libraries;

/** A file is not a library for this processor, or is damaged; the message says which and how. */
final class ElfException extends CudaException {
  private static final long serialVersionUID = 1L;

  ElfException(ElfImage image, String reason) {
    super(image.name() + " is not a sound library: " + reason);
  }
}
