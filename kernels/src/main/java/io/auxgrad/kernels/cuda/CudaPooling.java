package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
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
  private final ChannelKernels maximum;
  private final ChannelKernels maximumBackward;
  private final PoolingChain chain;
  private final ChannelKernels average;
  private final ChannelKernels averageBackward;
  private final ChannelKernels global;
  private final ChannelKernels globalBackward;

  CudaPooling(Gpu gpu) {
    KernelFile file = new KernelFile(gpu, "pooling.cu");
    maximum = ChannelKernels.of(file, "maximum");
    maximumBackward = ChannelKernels.of(file, "maximum_backward");
    chain = new PoolingChain(gpu, file);
    average = ChannelKernels.of(file, "average");
    averageBackward = ChannelKernels.of(file, "average_backward");
    global = ChannelKernels.of(file, "global");
    globalBackward = ChannelKernels.of(file, "global_backward");
  }

  private static Kernel begin(ChannelKernels kernels, Tensor image) {
    return kernels.begin(image.dtype(), image.shape().dim(3));
  }

  static Kernel putShape(Kernel kernel, Shape in, Shape out, Pool2dSpec spec) {
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
    chain.run(x, window, factors, y);
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
    long pixels = (long) in.dim(1) * in.dim(2);
    Pixels.requireCountable("global pool", pixels);
    Kernel kernel = begin(global, y).put(x).put(y);
    ImageGrid.launchPixels(kernel.put((int) pixels).put(in.dim(3)), y);
  }

  @Override
  protected void runGlobalBackward(Tensor dy, Tensor dx) {
    Shape in = dx.shape();
    Kernel kernel = begin(globalBackward, dx).put(dy).put(dx);
    ImageGrid.launchRows(kernel.put(in.dim(1)).put(in.dim(2)).put(in.dim(3)), dx);
  }
}
