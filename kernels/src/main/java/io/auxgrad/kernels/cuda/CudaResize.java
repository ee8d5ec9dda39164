package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.ResizeOps;

/**
 * Launches the kernels of {@code resize.cu}: one for each op, which reads its input and writes its
 * output once.
 */
final class CudaResize extends ResizeOps {
  /** Outputs of an input from which on threads share them, if there are few inputs. */
  private static final int MANY_OUTPUTS = 64;

  /** Threads of a multiprocessor below which there are few. */
  private static final int FEW_THREADS = 1024;

  private final Gpu gpu;
  private final Sampling bilinear;
  private final Sampling nearest;

  CudaResize(Gpu gpu) {
    this.gpu = gpu;
    KernelFile file = new KernelFile(gpu, "resize.cu");
    bilinear = Sampling.of(file, "bilinear");
    nearest = Sampling.of(file, "nearest");
  }

  /** The kernels of one mode: {@code together} is the gradient by a block for each pixel. */
  private record Sampling(
      ChannelKernels forward, ChannelKernels backward, ChannelKernels together) {
    static Sampling of(KernelFile file, String name) {
      return new Sampling(
          ChannelKernels.of(file, name),
          ChannelKernels.of(file, name + "_backward"),
          ChannelKernels.of(file, name + "_backward_together"));
    }
  }

  /** Of one size, both modes copy. */
  private Sampling sampling(Mode mode, Shape in, Shape out) {
    return mode == Mode.NEAREST || in.equals(out) ? nearest : bilinear;
  }

  @Override
  protected void runForward(Tensor x, Mode mode, Tensor y) {
    ChannelKernels kernels = sampling(mode, x.shape(), y.shape()).forward();
    ImageGrid.launchRows(begin(kernels, x, y, x.shape(), y.shape()), y);
  }

  @Override
  protected void runBackward(Tensor dy, Mode mode, Tensor dx) {
    Shape in = dx.shape();
    Shape out = dy.shape();
    Sampling sampling = sampling(mode, in, out);
    long threads = dx.size() / ChannelKernels.width(dx.dtype(), in.dim(3));
    boolean few = threads < (long) FEW_THREADS * gpu.multiprocessors();
    if (few && dy.size() >= MANY_OUTPUTS * dx.size()) {
      ImageGrid.launchPixels(begin(sampling.together(), dy, dx, in, out), dx);
    } else {
      ImageGrid.launchRows(begin(sampling.backward(), dy, dx, in, out), dx);
    }
  }

  private static Kernel begin(ChannelKernels kernels, Tensor from, Tensor to, Shape in, Shape out) {
    requireCountable(in.dim(1), out.dim(1));
    requireCountable(in.dim(2), out.dim(2));
    return kernels
        .begin(to.dtype(), in.dim(3))
        .put(from)
        .put(to)
        .put(in.dim(1))
        .put(in.dim(2))
        .put(out.dim(1))
        .put(out.dim(2))
        .put(in.dim(3));
  }

  /** Kernels tell positions along an axis in 31 bits. */
  private static void requireCountable(int in, int out) {
    if (2L * in * out > Integer.MAX_VALUE) {
      throw new TensorException(
          "resize: an extent of %d to one of %d is too much for the GPU; resize in two steps"
              .formatted(in, out));
    }
  }
}
