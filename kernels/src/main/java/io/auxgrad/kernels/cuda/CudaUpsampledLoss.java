package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import io.auxgrad.tensor.ops.LossOps.Result;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Launches the kernels of {@code upsampled_loss.cu}, between those that all losses have. */
final class CudaUpsampledLoss {
  private final Gpu gpu;
  private final KernelFile sums;
  private final Variants crossEntropy;
  private final Variants cosine;
  private final Variants largestError;
  private final Map<Penalty, Variants> regression = new EnumMap<>(Penalty.class);
  private final MemorySegment tilingArgument = Arena.ofAuto().allocate(UpsampledTiling.BYTES, 8);

  /** A kernel for predictions of which a row fits into shared memory, and one for all others. */
  private record Variants(KernelFile.Typed staged, KernelFile.Typed wide) {
    static Variants of(KernelFile file, String name) {
      return new Variants(file.typed(name + "_staged"), file.typed(name + "_wide"));
    }
  }

  /** With {@code sums}, the kernels of {@code loss.cu}. */
  CudaUpsampledLoss(Gpu gpu, KernelFile sums) {
    this.gpu = gpu;
    this.sums = sums;
    KernelFile file = new KernelFile(gpu, "upsampled_loss.cu");
    crossEntropy = Variants.of(file, "upsampled_cross_entropy");
    cosine = Variants.of(file, "upsampled_cosine");
    largestError = Variants.of(file, "upsampled_largest_error");
    for (Penalty penalty : Penalty.values()) {
      String name = "upsampled_regression_" + penalty.name().toLowerCase(Locale.ROOT);
      regression.put(penalty, Variants.of(file, name));
    }
  }

  private UpsampledTiling tiling(Tensor prediction, Tensor target) {
    return UpsampledTiling.of(prediction.shape(), target.shape(), gpu.multiprocessors());
  }

  private Kernel begin(Variants variants, UpsampledTiling tiling, Tensor prediction) {
    tiling.write(tilingArgument);
    return (tiling.staged() ? variants.staged() : variants.wide())
        .begin(prediction.dtype())
        .put(prediction)
        .put(tilingArgument);
  }

  void crossEntropy(
      Tensor logits, Tensor labels, int ignoreIndex, Tensor classWeights, Result result) {
    int classes = logits.shape().dim(3);
    UpsampledTiling tiling = tiling(logits, labels);
    try (var s = new LossSums(gpu, sums, tiling.tiles())) {
      s.weigh(labels, classes, ignoreIndex, classWeights);
      Kernel kernel =
          begin(crossEntropy, tiling, logits).put(labels).put(ignoreIndex).put(classWeights);
      s.put(kernel, result)
          .put(s.losses())
          .launchGrid(s.blocks(), tiling.chunks(), 1, UpsampledTiling.COLUMNS);
      s.finish(result, labels, classes, ignoreIndex);
    }
  }

  void cosine(Tensor prediction, Tensor target, Tensor mask, Result result) {
    UpsampledTiling tiling = tiling(prediction, target);
    try (var s = new LossSums(gpu, sums, tiling.tiles())) {
      s.count(mask, target.shape().rows());
      Kernel kernel = begin(cosine, tiling, prediction).put(target).put(mask);
      s.put(kernel, result)
          .put(s.known())
          .put(s.losses())
          .launchGrid(s.blocks(), tiling.chunks(), 1, UpsampledTiling.COLUMNS);
      s.finish(result);
    }
  }

  void regression(Penalty penalty, Tensor prediction, Tensor target, Tensor mask, Result result) {
    UpsampledTiling tiling = tiling(prediction, target);
    try (var s = new LossSums(gpu, sums, tiling.tiles())) {
      s.count(mask, target.size());
      int largest = penalty == Penalty.BERHU ? findLargest(s, tiling, prediction, target, mask) : 0;
      Kernel kernel = begin(regression.get(penalty), tiling, prediction).put(target).put(mask);
      s.put(kernel, result)
          .put(s.known())
          .put(largest == 0 ? 0 : s.extremes())
          .put(largest)
          .put(s.losses())
          .launchGrid(s.blocks(), tiling.chunks(), 1, UpsampledTiling.COLUMNS);
      s.finish(result);
    }
  }

  /** Returns of how many blocks there are largest errors. */
  private int findLargest(
      LossSums s, UpsampledTiling tiling, Tensor prediction, Tensor target, Tensor mask) {
    int blocks = Math.min(s.blocks(), LossSums.MOST_EXTREMES);
    begin(largestError, tiling, prediction)
        .put(target)
        .put(mask)
        .put(s.extremes())
        .launchBlocks(blocks, UpsampledTiling.COLUMNS);
    return blocks;
  }
}
