package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Conv2dSpec;

/**
 * Launches {@code depthwise.cu}. All kernels are bound by memory: forward and the gradient of the
 * input move {@code x} and {@code y} (and a residual) once, the gradient of a 3x3 weight {@code x}
 * and {@code dy}; that of another weight reads them once for each tap.
 */
final class DepthwiseConvolution {
  /** Taps whose weights fit into shared memory. */
  private static final int MOST_TAPS = 49;

  /** Outputs along a row that a thread of a 3x3 kernel makes. */
  private static final int RUN = 4;

  /** Channels of a thread in the gradient of a 3x3 weight. */
  private static final int GRADIENT_PACK = 4;

  private static final int PACK_BYTES = 16;

  /** Blocks of the gradient of the weight for each multiprocessor. */
  private static final long BLOCKS_PER_MULTIPROCESSOR = 4;

  /** Fewer runs or pixels of a thread are not worth a block of their own. */
  private static final int FEWEST_OF_THREAD = 4;

  /**
   * A way over the image.
   *
   * @param kernels for the types of source and target
   * @param run outputs along a row that a thread makes
   */
  private record Slide(KernelFile.TypedByTwo kernels, int run) {}

  private final Gpu gpu;
  private final PartialSums sums;
  private final Slide by1;
  private final Slide by2;
  private final Slide byHalf;
  private final Slide dilated;
  private final Slide any;
  private final Slide single;
  private final KernelFile.TypedByTwo gradWeightBy1;
  private final KernelFile.TypedByTwo gradWeightBy2;
  private final KernelFile.TypedByTwo gradWeightDilated;
  private final KernelFile.TypedByTwo gradWeightAny;
  private final Sliding sliding = new Sliding();
  private final Patch patch = new Patch();

  DepthwiseConvolution(Gpu gpu, PartialSums sums) {
    this.gpu = gpu;
    this.sums = sums;
    KernelFile file = new KernelFile(gpu, "depthwise.cu");
    by1 = new Slide(file.typedByTwo("depthwise_3x3_by_1"), RUN);
    by2 = new Slide(file.typedByTwo("depthwise_3x3_by_2"), RUN);
    byHalf = new Slide(file.typedByTwo("depthwise_3x3_by_half"), RUN);
    dilated = new Slide(file.typedByTwo("depthwise_3x3_dilated"), RUN);
    any = new Slide(file.typedByTwo("depthwise_any"), 1);
    single = new Slide(file.typedByTwo("depthwise_single"), 1);
    gradWeightBy1 = file.typedByTwo("depthwise_grad_weight_3x3_by_1");
    gradWeightBy2 = file.typedByTwo("depthwise_grad_weight_3x3_by_2");
    gradWeightDilated = file.typedByTwo("depthwise_grad_weight_3x3_dilated");
    gradWeightAny = file.typedByTwo("depthwise_grad_weight_any");
  }

  /** Whether the convolution is depthwise, of a kernel that is not too large. */
  static boolean suits(Shape w, Conv2dSpec spec) {
    return w.dim(3) == 1 && w.dim(0) == spec.groups() && (long) w.dim(1) * w.dim(2) <= MOST_TAPS;
  }

  private static boolean is3x3(Shape w) {
    return w.dim(1) == 3 && w.dim(2) == 3;
  }

  private static boolean strides(Conv2dSpec spec, int stride) {
    return spec.strideH() == stride && spec.strideW() == stride;
  }

  private static boolean isDilated(Conv2dSpec spec) {
    return spec.dilationH() > 1 || spec.dilationW() > 1;
  }

  /** Channels that a thread takes at once: as many as 16 bytes of the wider type, or one. */
  private static int pack(DType a, DType b, int channels) {
    int pack = PACK_BYTES / Math.max(a.bytes(), b.bytes());
    return channels % pack == 0 ? pack : 1;
  }

  void forward(
      Tensor x, Tensor w, Tensor bias, Conv2dSpec spec, Tensor residual, int activation, Tensor y) {
    int pack = pack(x.dtype(), y.dtype(), w.shape().dim(0));
    Slide slide = pack == 1 ? single : is3x3(w.shape()) ? forward3x3(spec) : any;
    Kernel kernel = slide.kernels().begin(x.dtype(), y.dtype());
    kernel.put(x).put(w).put(bias).put(residual).put(y);
    kernel.put(sliding.forward(x.shape(), w.shape(), spec, y.shape())).put(activation).put(0);
    patch.launch(kernel, y.shape(), pack, slide.run());
  }

  private Slide forward3x3(Conv2dSpec spec) {
    if (isDilated(spec)) {
      return dilated;
    }
    return strides(spec, 1) ? by1 : strides(spec, 2) ? by2 : dilated;
  }

  void gradInput(Tensor dy, Tensor w, Conv2dSpec spec, Tensor dx) {
    int pack = pack(dy.dtype(), dx.dtype(), w.shape().dim(0));
    Slide slide = pack == 1 ? single : is3x3(w.shape()) ? backward3x3(spec) : any;
    Kernel kernel = slide.kernels().begin(dy.dtype(), dx.dtype());
    kernel.put(dy).put(w).put(0L).put(0L).put(dx);
    kernel.put(sliding.backward(dy.shape(), w.shape(), spec, dx.shape())).put(0).put(1);
    patch.launch(kernel, dx.shape(), pack, slide.run());
  }

  private Slide backward3x3(Conv2dSpec spec) {
    if (strides(spec, 1)) {
      return isDilated(spec) ? dilated : by1;
    }
    return strides(spec, 2) && !isDilated(spec) ? byHalf : any;
  }

  void gradWeight(Tensor x, Tensor dy, Conv2dSpec spec, Tensor dw, Tensor dbias) {
    Shape w = dw.shape();
    if (is3x3(w) && w.dim(0) % GRADIENT_PACK == 0) {
      long rows = (long) dy.shape().dim(0) * dy.shape().dim(1);
      long runs = rows * Math.ceilDiv(dy.shape().dim(2), RUN);
      gradWeight(gradWeight3x3(spec), GRADIENT_PACK, runs, 1, x, dy, spec, dw, dbias);
    } else {
      long pixels = dy.shape().rows();
      int taps = w.dim(1) * w.dim(2) + (dbias == null ? 0 : 1);
      gradWeight(gradWeightAny, 1, pixels, taps, x, dy, spec, dw, dbias);
    }
  }

  private KernelFile.TypedByTwo gradWeight3x3(Conv2dSpec spec) {
    if (isDilated(spec)) {
      return gradWeightDilated;
    }
    return strides(spec, 1) ? gradWeightBy1 : strides(spec, 2) ? gradWeightBy2 : gradWeightDilated;
  }

  /**
   * Both stages.
   *
   * @param pack channels of a thread
   * @param items runs or pixels that there are to walk over
   * @param layers of blocks, each for one tap, or 1
   */
  private void gradWeight(
      KernelFile.TypedByTwo kernels,
      int pack,
      long items,
      int layers,
      Tensor x,
      Tensor dy,
      Conv2dSpec spec,
      Tensor dw,
      Tensor dbias) {
    Shape w = dw.shape();
    int packs = Patch.packsAcross(w.dim(0), pack);
    int lanes = Kernel.BLOCK / packs;
    long across = Math.ceilDiv(w.dim(0), packs * pack);
    long wanted = Math.ceilDiv(BLOCKS_PER_MULTIPROCESSOR * gpu.multiprocessors(), across * layers);
    int perPart =
        Math.toIntExact(Math.max(Math.ceilDiv(items, wanted), (long) FEWEST_OF_THREAD * lanes));
    int parts = Math.toIntExact(Math.ceilDiv(items, (long) perPart));
    sums.run(
        parts,
        dw,
        dbias,
        partial -> {
          Kernel kernel = kernels.begin(x.dtype(), dy.dtype());
          kernel.put(x).put(dy).put(partial.address());
          kernel.put(sliding.forward(x.shape(), w, spec, dy.shape()));
          kernel.put(dbias == null ? 0 : 1).put(packs).put(perPart);
          kernel.launchGrid(across, parts, layers, packs * lanes);
        });
  }
}
