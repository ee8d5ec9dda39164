package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.libraries.Cudnn;
import io.auxgrad.kernels.cuda.libraries.UnsupportedByLibraryException;
import io.auxgrad.tensor.Buffer;

/**
 * The one stream of a GPU, as cuDNN is given work for it.
 *
 * @param handle cuDNN's, of that stream
 */
record CudnnStream(Queue queue, Cudnn cudnn, NativeHandle handle) {
  /** A call of cuDNN that returns a status. */
  interface Call {
    int with(Address workspace);
  }

  /**
   * Makes {@code call} of {@code function} with a workspace of at least {@code bytes} bytes.
   *
   * @throws UnsupportedByLibraryException if cuDNN cannot do it after all
   */
  void run(String function, int algorithm, long bytes, Call call) {
    queue.enter();
    // Who gets the workspace next comes after this in the stream.
    Buffer workspace = bytes == 0 ? null : queue.memory().allocate(rounded(bytes));
    try {
      int status = call.with(workspace == null ? Address.NULL : new Address(workspace.address()));
      if (status != 0) {
        cudnn.check(status, "%s with algorithm %d".formatted(function, algorithm));
      }
    } finally {
      if (workspace != null) {
        queue.memory().release(workspace);
      }
    }
    queue.launched(function);
  }

  // Up to a power of two: of each size that is asked for the memory keeps a piece, and algorithms
  // want as many sizes as there are convolutions.
  private static long rounded(long bytes) {
    long below = Long.highestOneBit(bytes);
    return below == bytes ? bytes : 2 * below;
  }
}
