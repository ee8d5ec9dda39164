package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Faults;
import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.kernels.shape.LabelRange;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.IndexingOps;
import java.util.List;
import java.util.OptionalInt;

/**
 * Launches the kernels of {@code indexing.cu}. Moving reads what it needs and writes the result,
 * once each; counting reads both labels.
 */
final class CudaIndexing extends IndexingOps {
  private static final String CONFUSION = "confusion";

  /** Blocks of a multiprocessor, each of which has its own counts. */
  private static final int COUNTING_BLOCKS = 4;

  /** Pairs that a thread counts at once. */
  private static final int PAIRS = 4;

  private final Gpu gpu;
  private final Assembly assembly;
  private final Permuter permuter;
  private final KernelFile file;

  CudaIndexing(Gpu gpu) {
    this.gpu = gpu;
    file = new KernelFile(gpu, "indexing.cu");
    assembly = new Assembly(file);
    permuter = new Permuter(file);
  }

  /** Bytes of one step of {@code axis}. */
  private static long stepBytes(Tensor t, int axis) {
    return t.shape().stride(axis) * t.dtype().bytes();
  }

  /** Bytes of all steps of {@code axis}. */
  private static long rowBytes(Tensor t, int axis) {
    return t.shape().dim(axis) * stepBytes(t, axis);
  }

  private static long rowsOf(Shape s, int axis) {
    long rows = 1;
    for (int i = 0; i < axis; i++) {
      rows *= s.dim(i);
    }
    return rows;
  }

  @Override
  protected void runConcat(List<Tensor> parts, int axis, Tensor y) {
    assembly.begin();
    for (Tensor part : parts) {
      long bytes = rowBytes(part, axis);
      assembly.rows(part.address(), bytes, bytes);
    }
    assembly.run(y.address(), rowBytes(y, axis), rowsOf(y.shape(), axis));
  }

  @Override
  protected void runSlice(Tensor x, int axis, int start, Tensor y) {
    long from = x.address() + start * stepBytes(x, axis);
    long bytes = rowBytes(y, axis);
    assembly
        .begin()
        .rows(from, rowBytes(x, axis), bytes)
        .run(y.address(), bytes, rowsOf(y.shape(), axis));
  }

  @Override
  protected void runSliceBackward(Tensor dy, int axis, int start, Tensor dx) {
    long before = start * stepBytes(dx, axis);
    long bytes = rowBytes(dy, axis);
    long stride = rowBytes(dx, axis);
    assembly
        .begin()
        .zeros(before)
        .rows(dy.address(), bytes, bytes)
        .zeros(stride - before - bytes)
        .run(dx.address(), stride, rowsOf(dx.shape(), axis));
  }

  @Override
  protected void runPermute(Tensor x, int[] order, Tensor y) {
    permuter.run(x, order, y);
  }

  @Override
  protected void runConfusion(Tensor predictions, Tensor targets, int ignoreIndex, Tensor counts) {
    long n = targets.size();
    if (n == 0) {
      return;
    }
    int classes = counts.shape().dim(0);
    LabelRange prediction =
        new LabelRange(CONFUSION, "prediction", predictions.shape(), classes, OptionalInt.empty());
    LabelRange target =
        new LabelRange(CONFUSION, "target", targets.shape(), classes, OptionalInt.of(ignoreIndex));
    Faults faults = gpu.faults();
    long most = (long) COUNTING_BLOCKS * gpu.multiprocessors();
    file.kernel(CONFUSION)
        .begin()
        .put(predictions)
        .put(targets)
        .put(n)
        .put(counts)
        .put(classes)
        .put(ignoreIndex)
        .put(faults.address())
        .put(faults.expect(prediction::complaint))
        .put(faults.expect(target::complaint))
        .launchBlocks(Math.min(most, Math.ceilDiv(n, (long) Kernel.BLOCK * PAIRS)), Kernel.BLOCK);
  }
}
