package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.kernels.cuda.launch.Scratch;
import io.auxgrad.tensor.Tensor;

/** Launches {@code partial_sums.cu}: the second stage of the gradients of weight and bias. */
final class PartialSums {
  private static final int SUMS_OF_BLOCK = 32;

  private final Gpu gpu;
  private final KernelFile file;

  PartialSums(Gpu gpu) {
    this.gpu = gpu;
    file = new KernelFile(gpu, "partial_sums.cu");
  }

  /** The first stage: launches what writes {@code parts} partial gradients to {@code partial}. */
  interface FirstStage {
    void launch(Scratch partial);
  }

  /**
   * Writes {@code dw} and, unless it is null, {@code dbias}.
   *
   * @param parts how many partial gradients there are, each {@code [O, w.size() / O (+ 1)]}
   */
  void run(int parts, Tensor dw, Tensor dbias, FirstStage first) {
    int outputs = dw.shape().dim(0);
    long sums = dw.size() + (dbias == null ? 0 : outputs);
    try (Scratch partial = new Scratch(gpu, sums * parts * Float.BYTES)) {
      first.launch(partial);
      int columns = Math.toIntExact(dw.shape().stride(0));
      Kernel kernel = file.kernel("sum_partial_gradients").begin();
      kernel.put(partial.address()).put(dw).put(dbias);
      kernel.put(parts).put(outputs).put(columns);
      kernel.launchBlocks(Math.ceilDiv(sums, SUMS_OF_BLOCK), Kernel.BLOCK);
    }
  }
}
