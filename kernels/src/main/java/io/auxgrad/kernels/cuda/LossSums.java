package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.kernels.cuda.launch.Scratch;
import io.auxgrad.kernels.shape.LabelRange;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.LossOps.Result;
import java.util.OptionalInt;

/**
 * The partial sums of one loss on their way from kernel to kernel: of its weights, which a pass
 * over labels or mask leaves, and of its terms. See {@code loss.cuh}.
 */
final class LossSums implements AutoCloseable {
  /** Blocks of a pass before the loss, which each block of the loss reads the sums of. */
  static final int PARTS = 256;

  /** Blocks of a loss, whose sums one block adds up. */
  private static final int MOST_BLOCKS = 8192;

  /** Blocks that look for the largest error of an upsampled prediction. */
  static final int MOST_EXTREMES = 1024;

  private static final int PASS_THREADS = 512;
  private static final int LABELS_OF_THREAD = 4;
  private static final int BYTES_OF_THREAD = 16;

  private final Gpu gpu;
  private final KernelFile file;
  private final Scratch scratch;
  private final int blocks;
  private int parts;
  private double known;

  /**
   * By the kernels of {@code loss.cu}, of a loss whose work is {@code items} blocks', some of which
   * one block may do.
   */
  LossSums(Gpu gpu, KernelFile file, long items) {
    this.gpu = gpu;
    this.file = file;
    blocks = Math.clamp(items, 1, MOST_BLOCKS);
    scratch = new Scratch(gpu, Double.BYTES * ((long) PARTS + MOST_EXTREMES + blocks));
  }

  /** Blocks that the loss is to be launched with. */
  int blocks() {
    return blocks;
  }

  /** Where the sums of weights are, or 0 if the host knows their sum. */
  private long weights() {
    return parts == 0 ? 0 : scratch.address();
  }

  /** The sum of the weights, if the host knows it. */
  double known() {
    return known;
  }

  /** Where {@link #MOST_EXTREMES} labels' places, or errors, have room. */
  long extremes() {
    return scratch.address() + Double.BYTES * PARTS;
  }

  /** Puts where the gradient goes, and the sums of weights that it is divided by. */
  Kernel put(Kernel loss, Result result) {
    return loss.put(result.gradient()).put(weights()).put(parts);
  }

  /** Where each block of the loss leaves its sum. */
  long losses() {
    return extremes() + Long.BYTES * MOST_EXTREMES;
  }

  /** Weighs {@code labels} and finds those that are out of range. Moves the labels. */
  void weigh(Tensor labels, int classes, int ignoreIndex, Tensor classWeights) {
    long n = labels.size();
    parts = passBlocks(n, LABELS_OF_THREAD);
    file.kernel("weigh_labels")
        .begin()
        .put(labels)
        .put(n)
        .put(classes)
        .put(ignoreIndex)
        .put(classWeights)
        .put(weights())
        .put(extremes())
        .launchBlocks(parts, PASS_THREADS);
  }

  /** Counts what is valid of {@code n}. Moves the mask, or nothing if it is null. */
  void count(Tensor mask, long n) {
    if (mask == null) {
      known = n;
      return;
    }
    parts = passBlocks(n, BYTES_OF_THREAD);
    file.kernel("count_valid")
        .begin()
        .put(mask)
        .put(n)
        .put(weights())
        .launchBlocks(parts, PASS_THREADS);
  }

  /** Launches {@code pass}, ready but for the places of counts and largest errors. */
  void countAndFindLargest(Kernel pass, long n) {
    parts = passBlocks(n, LABELS_OF_THREAD);
    pass.put(weights()).put(extremes()).launchBlocks(parts, PASS_THREADS);
  }

  private static int passBlocks(long n, int perThread) {
    return Math.clamp(Math.ceilDiv(n, (long) PASS_THREADS * perThread), 1, PARTS);
  }

  /** Writes the mean. */
  void finish(Result result) {
    file.kernel("finish")
        .begin()
        .put(losses())
        .put(blocks)
        .put(weights())
        .put(parts)
        .put(known)
        .put(result.loss())
        .launchBlocks(1, Kernel.BLOCK);
  }

  /** Writes the mean, and reports the first label that is out of range. */
  void finish(Result result, Tensor labels, int classes, int ignoreIndex) {
    var range =
        new LabelRange(
            "cross-entropy", "label", labels.shape(), classes, OptionalInt.of(ignoreIndex));
    int message = gpu.faults().expect(range::complaint);
    file.kernel("finish_labels")
        .begin()
        .put(losses())
        .put(blocks)
        .put(weights())
        .put(parts)
        .put(result.loss())
        .put(extremes())
        .put(labels)
        .put(labels.size())
        .put(gpu.faults().address())
        .put(message)
        .launchBlocks(1, Kernel.BLOCK);
  }

  @Override
  public void close() {
    scratch.close();
  }
}
