package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.LossOps;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Launches the kernels of {@code loss.cu}: a pass over labels or mask, the loss with its gradient,
 * and a single block that writes the mean. A label that is out of range is reported when the host
 * next waits for the GPU.
 */
final class CudaLoss extends LossOps {
  /** Rows that go through shared memory are at most this long: {@code LONGEST}. */
  private static final int LONGEST = 1024;

  /** Floats of a tile in shared memory: {@code TILE}. */
  private static final int TILE = 8 * (LONGEST + 1);

  private static final int WARPS = Kernel.BLOCK / 32;
  private static final int ELEMENTS = 4096;

  private final Gpu gpu;
  private final KernelFile file;
  private final CudaUpsampledLoss upsampled;
  private final KernelFile.Typed crossEntropy;
  private final KernelFile.Typed crossEntropyWide;
  private final KernelFile.Typed cosine;
  private final KernelFile.Typed cosineWide;
  private final KernelFile.Typed largestError;
  private final Map<Penalty, KernelFile.Typed> regression = new EnumMap<>(Penalty.class);

  CudaLoss(Gpu gpu) {
    this.gpu = gpu;
    file = new KernelFile(gpu, "loss.cu");
    upsampled = new CudaUpsampledLoss(gpu, file);
    crossEntropy = file.typed("cross_entropy_tiled");
    crossEntropyWide = file.typed("cross_entropy_wide");
    cosine = file.typed("cosine_tiled");
    cosineWide = file.typed("cosine_wide");
    largestError = file.typed("largest_error");
    for (Penalty penalty : Penalty.values()) {
      regression.put(penalty, file.typed("regression_" + penalty.name().toLowerCase(Locale.ROOT)));
    }
  }

  /** Blocks for {@code rows} rows: each has a tile of them, or a warp for each. */
  private static long blocks(long rows, int length) {
    return Math.ceilDiv(rows, (long) (length > LONGEST ? WARPS : rowsOfTile(length)));
  }

  /** {@code rows} of {@code struct RowTile}. */
  private static int rowsOfTile(int length) {
    return Math.min(Kernel.BLOCK, TILE / (length | 1) / 8 * 8);
  }

  @Override
  protected void runCrossEntropy(
      Tensor logits, Tensor labels, int ignoreIndex, Tensor classWeights, Result result) {
    int classes = logits.shape().dim(-1);
    long rows = labels.size();
    try (var s = new LossSums(gpu, file, blocks(rows, classes))) {
      s.weigh(labels, classes, ignoreIndex, classWeights);
      Kernel kernel =
          (classes > LONGEST ? crossEntropyWide : crossEntropy)
              .begin(logits.dtype())
              .put(logits)
              .put(labels)
              .put(rows)
              .put(classes)
              .put(ignoreIndex)
              .put(classWeights);
      s.put(kernel, result).put(s.losses()).launchBlocks(s.blocks(), Kernel.BLOCK);
      s.finish(result, labels, classes, ignoreIndex);
    }
  }

  @Override
  protected void runRegression(
      Penalty penalty, Tensor prediction, Tensor target, Tensor mask, Result result) {
    long n = prediction.size();
    boolean bends = penalty == Penalty.BERHU;
    try (var s = new LossSums(gpu, file, Math.ceilDiv(n, (long) ELEMENTS))) {
      if (bends) {
        Kernel pass = largestError.begin(prediction.dtype()).put(prediction).put(target);
        s.countAndFindLargest(pass.put(mask).put(n), n);
      } else {
        s.count(mask, n);
      }
      Kernel kernel =
          regression
              .get(penalty)
              .begin(prediction.dtype())
              .put(prediction)
              .put(target)
              .put(mask)
              .put(n);
      s.put(kernel, result)
          .put(s.known())
          .put(bends ? s.extremes() : 0)
          .put(s.losses())
          .launchBlocks(s.blocks(), Kernel.BLOCK);
      s.finish(result);
    }
  }

  @Override
  protected void runCosine(Tensor prediction, Tensor target, Tensor mask, Result result) {
    int length = prediction.shape().dim(-1);
    long rows = prediction.shape().rows();
    try (var s = new LossSums(gpu, file, blocks(rows, length))) {
      s.count(mask, rows);
      Kernel kernel =
          (length > LONGEST ? cosineWide : cosine)
              .begin(prediction.dtype())
              .put(prediction)
              .put(target)
              .put(mask)
              .put(rows)
              .put(length);
      s.put(kernel, result).put(s.known()).put(s.losses()).launchBlocks(s.blocks(), Kernel.BLOCK);
      s.finish(result);
    }
  }

  @Override
  protected void runUpsampledCrossEntropy(
      Tensor logits, Tensor labels, int ignoreIndex, Tensor classWeights, Result result) {
    upsampled.crossEntropy(logits, labels, ignoreIndex, classWeights, result);
  }

  @Override
  protected void runUpsampledRegression(
      Penalty penalty, Tensor prediction, Tensor target, Tensor mask, Result result) {
    upsampled.regression(penalty, prediction, target, mask, result);
  }

  @Override
  protected void runUpsampledCosine(Tensor prediction, Tensor target, Tensor mask, Result result) {
    upsampled.cosine(prediction, target, mask, result);
  }
}
