package io.auxgrad.kernels.cuda.vendor;

import jcuda.jcudnn.cudnnHandle;

/** cuDNN's handle, which its graph API takes as a number. */
final class NativeHandle extends cudnnHandle {
  long value() {
    return getNativePointer();
  }
}
