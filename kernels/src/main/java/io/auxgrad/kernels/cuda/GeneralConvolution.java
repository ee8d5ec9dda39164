package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Conv2dSpec;

/** Launches {@code convolution.cu}: any convolution as a product of matrices. */
final class GeneralConvolution {
  /** Blocks of the gradient of the weight for each multiprocessor. */
  private static final long BLOCKS_PER_MULTIPROCESSOR = 4;

  /** Fewer pixels are not worth a block of their own. */
  private static final long FEWEST_PIXELS = 256;

  private final Gpu gpu;
  private final KernelFile.TypedByTwo forward;
  private final KernelFile.TypedByTwo gradInput;
  private final KernelFile.TypedByTwo gradInputStrided;
  private final KernelFile.TypedByTwo gradWeight;
  private final PartialSums sums;
  private final Sliding sliding = new Sliding();

  GeneralConvolution(Gpu gpu, PartialSums sums) {
    this.gpu = gpu;
    this.sums = sums;
    KernelFile file = new KernelFile(gpu, "convolution.cu");
    forward = file.typedByTwo("convolution_forward");
    gradInput = file.typedByTwo("convolution_grad_input");
    gradInputStrided = file.typedByTwo("convolution_grad_input_strided");
    gradWeight = file.typedByTwo("convolution_grad_weight");
  }

  /** Reads {@code x} about once and {@code w} once per 64 pixels; writes {@code y}. */
  void forward(
      Tensor x, Tensor w, Tensor bias, Conv2dSpec spec, Tensor residual, int activation, Tensor y) {
    Kernel kernel = forward.begin(x.dtype(), y.dtype());
    kernel.put(x).put(w).put(bias).put(residual).put(y);
    kernel.put(sliding.forward(x.shape(), w.shape(), spec, y.shape())).put(activation);
    kernel.launchBlocks(blocks(y.shape(), spec), TileGrid.THREADS);
  }

  /**
   * Reads {@code dy} about once and {@code w} once per 64 pixels; writes {@code dx}. Where there is
   * a stride, a block has pixels that are a stride apart: they meet the same taps, and walk no
   * others.
   */
  void gradInput(Tensor dy, Tensor w, Conv2dSpec spec, Tensor dx) {
    boolean strided = spec.strideH() > 1 || spec.strideW() > 1;
    Kernel kernel = (strided ? gradInputStrided : gradInput).begin(dy.dtype(), dx.dtype());
    kernel.put(dy).put(w).put(dx);
    kernel.put(sliding.backward(dy.shape(), w.shape(), spec, dx.shape()));
    kernel.launchBlocks(blocksByResidue(dx.shape(), spec), TileGrid.THREADS);
  }

  private static long blocksByResidue(Shape dx, Conv2dSpec spec) {
    long residues =
        (long) Math.min(spec.strideH(), dx.dim(1)) * Math.min(spec.strideW(), dx.dim(2));
    Shape largest =
        Shape.of(
            dx.dim(0),
            Math.ceilDiv(dx.dim(1), spec.strideH()),
            Math.ceilDiv(dx.dim(2), spec.strideW()),
            dx.dim(3));
    return residues * blocks(largest, spec);
  }

  private static long blocks(Shape target, Conv2dSpec spec) {
    return TileGrid.blocks(spec.groups(), target.rows(), target.dim(3) / spec.groups());
  }

  /** Reads {@code dy} and {@code x} once per 64 of the other's channels; writes {@code dw}. */
  void gradWeight(Tensor x, Tensor dy, Conv2dSpec spec, Tensor dw, Tensor dbias) {
    Shape w = dw.shape();
    int bias = dbias == null ? 0 : 1;
    long tiles =
        TileGrid.blocks(spec.groups(), w.dim(0) / spec.groups(), w.stride(0) + (long) bias);
    long pixels = dy.shape().rows();
    int perPart = pixelsOfPart(pixels, tiles);
    int parts = Math.toIntExact(Math.ceilDiv(pixels, (long) perPart));
    sums.run(
        parts,
        dw,
        dbias,
        partial -> {
          Kernel kernel = gradWeight.begin(x.dtype(), dy.dtype());
          kernel.put(x).put(dy).put(partial.address());
          kernel.put(sliding.forward(x.shape(), w, spec, dy.shape())).put(bias).put(perPart);
          kernel.launchGrid(tiles, parts, 1, TileGrid.THREADS);
        });
  }

  /** A whole number of steps, such that there are enough blocks. */
  private int pixelsOfPart(long pixels, long tiles) {
    long parts = Math.ceilDiv(BLOCKS_PER_MULTIPROCESSOR * gpu.multiprocessors(), tiles);
    long perPart = Math.max(FEWEST_PIXELS, Math.ceilDiv(pixels, parts));
    return Math.toIntExact(Math.ceilDiv(perPart, (long) TileGrid.STEP) * TileGrid.STEP);
  }
}
