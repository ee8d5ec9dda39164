package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.Pool2dSpec;
import io.auxgrad.tensor.ops.PoolingOps;
import java.util.List;

/**
 * Launches the kernels of {@code pooling.cu}: one for each op, or for each stage of a chain, which
 * reads its inputs and writes its outputs once.
 */
final class CudaPooling extends PoolingOps {
  /** The windows that have kernels of their own, for images of whole packs of four channels. */
  private static final Pool2dSpec WINDOW_5X5 = new Pool2dSpec(5, 1, 2);

  /** {@code RUN} in {@code pooling.cu}. */
  private static final int RUN = 4;

  private final CudaPointwise pointwise;
  private final ChannelKernels maximum;
  private final KernelFile.Typed maximum5x5;
  private final ChannelKernels maximumBackward;
  private final PoolingChain chain;
  private final ChannelKernels average;
  private final ChannelKernels averageBackward;
  private final ChannelKernels global;
  private final ChannelKernels globalBackward;

  CudaPooling(Gpu gpu, CudaPointwise pointwise) {
    this.pointwise = pointwise;
    KernelFile file = new KernelFile(gpu, "pooling.cu");
    maximum = ChannelKernels.of(file, "maximum");
    maximum5x5 = file.typed("maximum_5x5");
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

  static boolean is5x5(Pool2dSpec spec, Tensor image) {
    return spec.equals(WINDOW_5X5) && ChannelKernels.width(DType.FLOAT32, image.shape().dim(3)) > 1;
  }

  /** Launches one of the kernels for {@link #is5x5}. */
  static void launch5x5(Kernel kernel, Tensor image) {
    putExtents(kernel, image.shape(), image.shape());
    ImageGrid.launchRuns(kernel, image, DType.FLOAT32, RUN);
  }

  static Kernel putShape(Kernel kernel, Shape in, Shape out, Pool2dSpec spec) {
    return putExtents(kernel, in, out).put(spec.kernel()).put(spec.stride()).put(spec.pad());
  }

  private static Kernel putExtents(Kernel kernel, Shape in, Shape out) {
    return kernel.put(in.dim(1)).put(in.dim(2)).put(out.dim(1)).put(out.dim(2)).put(in.dim(3));
  }

  @Override
  protected void runMax(Tensor x, Pool2dSpec spec, Tensor y, Tensor positions) {
    if (is5x5(spec, x)) {
      launch5x5(maximum5x5.begin(y.dtype()).put(x).put(y).put(positions), y);
      return;
    }
    Kernel kernel = begin(maximum, y).put(x).put(y).put(positions);
    ImageGrid.launchRows(putShape(kernel, x.shape(), y.shape(), spec), y);
  }

  @Override
  protected void runMaxAndSum(Tensor x, Pool2dSpec spec, Tensor addend, Tensor y, Tensor sum) {
    runMax(x, spec, y, null);
    pointwise.runBinary(BinaryOp.ADD, addend, x, sum);
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
