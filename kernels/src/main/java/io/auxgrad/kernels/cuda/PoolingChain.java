package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.kernels.cuda.launch.Scratch;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Pool2dSpec;
import java.util.List;

/**
 * A chain of residual pooling: a launch for each stage. Its maps and sums between the first stage
 * and the last are float32.
 */
final class PoolingChain {
  private static final int ALIGNMENT = 256;

  private final Gpu gpu;
  private final KernelFile.TypedByTwo packs;
  private final KernelFile.TypedByTwo singles;
  private final KernelFile.TypedByTwo windows5x5;

  PoolingChain(Gpu gpu, KernelFile file) {
    this.gpu = gpu;
    packs = file.typedByTwo("chain");
    singles = file.typedByTwo("chain_single");
    windows5x5 = file.typedByTwo("chain_5x5");
  }

  void run(Tensor x, Pool2dSpec window, List<Tensor> factors, Tensor y) {
    long bytes = Math.ceilDiv(Float.BYTES * x.size(), ALIGNMENT) * ALIGNMENT;
    int last = factors.size() - 1;
    boolean is5x5 = CudaPooling.is5x5(window, x);
    // Two maps, of which a stage reads one and writes the other, and the sums.
    try (Scratch scratch = new Scratch(gpu, 3 * bytes)) {
      long sums = scratch.address() + 2 * bytes;
      long top = x.address();
      for (int stage = 0; stage <= last; stage++) {
        long next = stage == last ? 0 : scratch.address() + stage % 2 * bytes;
        Kernel kernel = begin(x, is5x5, stage == 0, stage == last);
        kernel.put(top).put(stage == 0 ? top : sums).put(factors.get(stage));
        kernel.put(next).put(stage == last ? y.address() : sums);
        if (is5x5) {
          CudaPooling.launch5x5(kernel, y);
        } else {
          CudaPooling.putShape(kernel, x.shape(), y.shape(), window);
          ImageGrid.launchRows(kernel, y, DType.FLOAT32);
        }
        top = next;
      }
    }
  }

  private Kernel begin(Tensor x, boolean is5x5, boolean first, boolean last) {
    DType from = first ? x.dtype() : DType.FLOAT32;
    DType to = last ? x.dtype() : DType.FLOAT32;
    boolean packed = ChannelKernels.width(DType.FLOAT32, x.shape().dim(3)) > 1;
    KernelFile.TypedByTwo stages = is5x5 ? windows5x5 : packed ? packs : singles;
    return stages.begin(from, to);
  }
}
