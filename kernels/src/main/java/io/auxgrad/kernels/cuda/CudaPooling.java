package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.kernels.cuda.launch.Scratch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Pool2dSpec;
import io.auxgrad.tensor.ops.PoolingOps;
import java.util.List;

/**
 * Launches the kernels of {@code pooling.cu}: one for each op, or for each stage of a chain, which
 * reads its inputs and writes its outputs once.
 */
final class CudaPooling extends PoolingOps {
  private static final int ALIGNMENT = 256;

  private final Gpu gpu;
  private final ChannelKernels maximum;
  private final ChannelKernels maximumBackward;
  private final ChannelKernels chain;
  private final ChannelKernels average;
  private final ChannelKernels averageBackward;
  private final ChannelKernels global;
  private final ChannelKernels globalBackward;

  CudaPooling(Gpu gpu) {
    this.gpu = gpu;
    KernelFile file = new KernelFile(gpu, "pooling.cu");
    maximum = ChannelKernels.of(file, "maximum");
    maximumBackward = ChannelKernels.of(file, "maximum_backward");
    chain = ChannelKernels.of(file, "chain");
    average = ChannelKernels.of(file, "average");
    averageBackward = ChannelKernels.of(file, "average_backward");
    global = ChannelKernels.of(file, "global");
    globalBackward = ChannelKernels.of(file, "global_backward");
  }

  private static Kernel begin(ChannelKernels kernels, Tensor image) {
    return kernels.begin(image.dtype(), image.shape().dim(3));
  }

  private static Kernel putShape(Kernel kernel, Shape in, Shape out, Pool2dSpec spec) {
    return kernel
        .put(in.dim(1))
        .put(in.dim(2))
        .put(out.dim(1))
        .put(out.dim(2))
        .put(in.dim(3))
        .put(spec.kernel())
        .put(spec.stride())
        .put(spec.pad());
  }

  @Override
  protected void runMax(Tensor x, Pool2dSpec spec, Tensor y, Tensor positions) {
    Kernel kernel = begin(maximum, y).put(x).put(y).put(positions);
    ImageGrid.launchRows(putShape(kernel, x.shape(), y.shape(), spec), y);
  }

  @Override
  protected void runMaxBackward(Tensor dy, Tensor positions, Pool2dSpec spec, Tensor dx) {
    Kernel kernel = begin(maximumBackward, dx).put(dy).put(positions).put(dx);
    ImageGrid.launchRows(putShape(kernel, dx.shape(), dy.shape(), spec), dx);
  }

  @Override
  protected void runChain(Tensor x, Pool2dSpec window, List<Tensor> factors, Tensor y) {
    long bytes = Math.ceilDiv(x.byteSize(), ALIGNMENT) * ALIGNMENT;
    int last = factors.size() - 1;
    // A stage reads what the one before it wrote, and what that one read is free.
    try (Scratch maps = new Scratch(gpu, bytes * Math.min(last, 2))) {
      long top = x.address();
      for (int stage = 0; stage <= last; stage++) {
        long next = stage == last ? 0 : maps.address() + stage % 2 * bytes;
        Kernel kernel = begin(chain, y).put(top);
        kernel.put(stage == 0 ? x : y).put(factors.get(stage)).put(next).put(y);
        ImageGrid.launchRows(putShape(kernel, x.shape(), y.shape(), window), y);
        top = next;
      }
    }
  }

  @Override
  protected void runAverage(Tensor x, Pool2dSpec spec, Tensor y) {
    Kernel kernel = begin(average, y).put(x).put(y);
    ImageGrid.launchRows(putShape(kernel, x.shape(), y.shape(), spec), y);
  }

  @Override
  protected void runAverageBackward(Tensor dy, Pool2dSpec spec, Tensor dx) {
    Kernel kernel = begin(averageBackward, dx).put(dy).put(dx);
    ImageGrid.launchRows(putShape(kernel, dx.shape(), dy.shape(), spec), dx);
  }

  @Override
  protected void runGlobal(Tensor x, Tensor y) {
    Shape in = x.shape();
    Kernel kernel = begin(global, y).put(x).put(y);
    ImageGrid.launchPixels(kernel.put(Math.multiplyExact(in.dim(1), in.dim(2))).put(in.dim(3)), y);
  }

  @Override
  protected void runGlobalBackward(Tensor dy, Tensor dx) {
    Shape in = dx.shape();
    Kernel kernel = begin(globalBackward, dx).put(dy).put(dx);
    ImageGrid.launchRows(kernel.put(in.dim(1)).put(in.dim(2)).put(in.dim(3)), dx);
  }
}
