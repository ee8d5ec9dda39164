package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.kernels.cuda.launch.Scratch;
import io.auxgrad.kernels.shape.ReducedShape.Axis;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.NormalizationOps;

/**
 * Launches the kernels of {@code normalization.cu}. Sums for each channel and block, in float64,
 * are what the first pass over a tensor leaves to the second.
 */
final class CudaNormalization extends NormalizationOps {
  /** Sums that a pass leaves for each channel. */
  private static final int SUMS = 2;

  private static final int WARP = 32;

  private final Gpu gpu;
  private final Columns columns = new Columns();
  private final KernelFile.Typed moments;
  private final KernelFile.Typed statistics;
  private final KernelFile.Typed normalize;
  private final KernelFile.Typed gradientSums;
  private final KernelFile.Typed gradient;
  private final KernelFile file;

  CudaNormalization(Gpu gpu) {
    this.gpu = gpu;
    file = new KernelFile(gpu, "normalization.cu");
    moments = file.typed("moments");
    statistics = file.typed("statistics");
    normalize = file.typed("normalize");
    gradientSums = file.typed("gradient_sums");
    gradient = file.typed("gradient");
  }

  /** A tensor as rows of channels, and how the blocks of a pass share them. */
  private record Layout(Axis axis, ColumnPlan plan) {
    static Layout ofSums(Tensor x, Gpu gpu) {
      Axis axis = axis(x);
      return new Layout(axis, ColumnPlan.ungrouped(axis, x.dtype(), gpu.multiprocessors()));
    }

    static Layout ofElements(Tensor x, Gpu gpu) {
      Axis axis = axis(x);
      return new Layout(axis, ColumnPlan.ofElements(axis, x.dtype(), gpu.multiprocessors()));
    }

    private static Axis axis(Tensor x) {
      return new Axis(1, x.shape().rows(), x.shape().dim(-1));
    }

    long channels() {
      return axis.inner();
    }

    Scratch sums(Gpu gpu) {
      return new Scratch(gpu, SUMS * channels() * plan.chunks() * Double.BYTES);
    }
  }

  private void launch(Kernel kernel, Layout layout) {
    kernel
        .put(columns.of(layout.axis(), layout.plan()))
        .launchBlocks(layout.plan().blocks(), Kernel.BLOCK);
  }

  private static void launchWarpForEachChannel(Kernel kernel, Layout layout) {
    kernel.launch(layout.channels() * WARP, 1);
  }

  /** The ends of {@code struct Range}. */
  private static Kernel put(Kernel kernel, Activation activation) {
    return kernel
        .put(activation == Activation.IDENTITY ? Float.NaN : 0f)
        .put(activation == Activation.RELU6 ? 6f : Float.NaN);
  }

  @Override
  protected void runTrain(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      Tensor residual,
      Tensor runningMean,
      Tensor runningVar,
      float momentum,
      float eps,
      Activation activation,
      Tensor y,
      Tensor mean,
      Tensor invStd) {
    Layout layout = Layout.ofSums(x, gpu);
    try (Scratch sums = layout.sums(gpu)) {
      launch(moments.begin(x.dtype()).put(x).put(sums.address()), layout);
      Kernel kernel = statistics.begin(x.dtype()).put(x).put(sums.address());
      kernel.put(mean).put(invStd).put(runningMean).put(runningVar);
      kernel.put(layout.axis().length()).put(layout.channels()).put(layout.plan().chunks());
      launchWarpForEachChannel(kernel.put(momentum).put(eps), layout);
    }
    normalize(x, gamma, beta, residual, mean, new Spread(invStd, 0, 0), activation, y);
  }

  @Override
  protected void runNormalize(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      Tensor mean,
      Tensor invStd,
      Activation activation,
      Tensor y) {
    normalize(x, gamma, beta, null, mean, new Spread(invStd, 0, 0), activation, y);
  }

  @Override
  protected void runInfer(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      Tensor residual,
      Tensor mean,
      Tensor variance,
      float eps,
      Activation activation,
      Tensor y) {
    Spread spread = new Spread(variance, 1, eps);
    normalize(x, gamma, beta, residual, mean, spread, activation, y);
  }

  /** {@code struct Spread}: one over the standard deviations, or variances. */
  private record Spread(Tensor values, int ofVariance, float eps) {}

  private void normalize(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      Tensor residual,
      Tensor mean,
      Spread spread,
      Activation activation,
      Tensor y) {
    Kernel kernel = normalize.begin(x.dtype()).put(x).put(residual).put(y);
    kernel.put(gamma).put(beta).put(mean);
    kernel.put(spread.values()).put(spread.ofVariance()).put(spread.eps());
    launch(put(kernel, activation), Layout.ofElements(x, gpu));
  }

  @Override
  protected void runBackward(
      Tensor dy,
      Tensor x,
      Tensor y,
      Tensor gamma,
      Tensor beta,
      Tensor mean,
      Tensor invStd,
      Activation activation,
      boolean batchStatistics,
      Gradients out) {
    Layout layout = Layout.ofSums(x, gpu);
    Tensor mask = activation == Activation.IDENTITY ? null : y;
    try (Scratch sums = layout.sums(gpu);
        Scratch coefficients = new Scratch(gpu, 2 * layout.channels() * Float.BYTES)) {
      long slope = coefficients.address();
      long rest = slope + layout.channels() * Float.BYTES;
      Kernel kernel = put(gradientSums.begin(x.dtype()).put(dy).put(x).put(mask), activation);
      kernel.put(gamma).put(beta).put(mean).put(invStd).put(sums.address());
      launch(kernel, layout);

      kernel = file.kernel("gradient_coefficients").begin().put(sums.address());
      kernel.put(gamma).put(invStd).put(out.gamma()).put(out.beta()).put(slope).put(rest);
      kernel.put(layout.channels()).put(layout.plan().chunks());
      kernel.put(batchStatistics ? 1.0 / layout.axis().length() : 0);
      launchWarpForEachChannel(kernel, layout);

      kernel = put(gradient.begin(x.dtype()).put(dy).put(x).put(mask), activation);
      kernel.put(gamma).put(beta).put(mean).put(invStd).put(slope).put(rest);
      launch(kernel.put(out.x()).put(out.residual()), Layout.ofElements(x, gpu));
    }
  }
}
