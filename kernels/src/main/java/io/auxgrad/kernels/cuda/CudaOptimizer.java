package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.kernels.cuda.launch.Scratch;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.OptimizerOps;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Launches the kernels of {@code optimizer.cu}: one launch for dozens of tensors. */
final class CudaOptimizer extends OptimizerOps {
  private final Gpu gpu;
  private final KernelFile file;
  private final TensorTable table = new TensorTable();
  private final MemorySegment result = Arena.ofAuto().allocate(ValueLayout.JAVA_DOUBLE);

  CudaOptimizer(Gpu gpu) {
    this.gpu = gpu;
    file = new KernelFile(gpu, "optimizer.cu");
  }

  @Override
  protected void runSgd(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> velocitiesOrNull,
      boolean first,
      Tensor numbers,
      Tensor verdictOrNull) {
    if (velocitiesOrNull == null) {
      launch("sgd", List.of(parameters, gradients), numbers, verdictOrNull);
    } else {
      launch(
          first ? "sgd_first" : "sgd_momentum",
          List.of(parameters, gradients, velocitiesOrNull),
          numbers,
          verdictOrNull);
    }
  }

  @Override
  protected void runAdam(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> means,
      List<Tensor> squares,
      Tensor numbers,
      Tensor verdictOrNull) {
    launch("adam", List.of(parameters, gradients, means, squares), numbers, verdictOrNull);
  }

  private void launch(String name, List<List<Tensor>> lists, Tensor numbers, Tensor verdictOrNull) {
    Kernel kernel = file.kernel(name);
    table.forEach(
        lists,
        (tensors, blocks) ->
            kernel
                .begin()
                .put(tensors)
                .put(numbers)
                .put(verdictOrNull)
                .launchBlocks(blocks, Kernel.BLOCK));
  }

  @Override
  protected void runAverage(
      List<Tensor> averages, List<Tensor> values, float decay, Tensor verdictOrNull) {
    Kernel average = file.kernel("average");
    table.forEach(
        List.of(averages, values),
        (tensors, blocks) ->
            average
                .begin()
                .put(tensors)
                .put(decay)
                .put(verdictOrNull)
                .launchBlocks(blocks, Kernel.BLOCK));
  }

  @Override
  protected void runClip(Tensor losses, List<Tensor> gradients, double maxNorm, Tensor verdict) {
    try (SquareSums sums = new SquareSums(gradients)) {
      file.kernel("judge")
          .begin()
          .put(sums.partial())
          .put(sums.owners())
          .put(sums.count)
          .put(losses)
          .put((int) losses.size())
          .put(maxNorm)
          .put(NORM_EPS)
          .put(verdict)
          .launchBlocks(1, Kernel.BLOCK);
    }
    Kernel scale = file.kernel("scale_by_verdict");
    table.forEach(
        List.of(gradients),
        (tensors, blocks) ->
            scale.begin().put(tensors).put(verdict).launchBlocks(blocks, Kernel.BLOCK));
  }

  @Override
  protected void runScale(List<Tensor> tensors, float factor) {
    if (factor != 1) {
      Kernel scale = file.kernel("scale");
      table.forEach(
          List.of(tensors),
          (some, blocks) -> scale.begin().put(some).put(factor).launchBlocks(blocks, Kernel.BLOCK));
    }
  }

  @Override
  protected double runSumOfSquares(List<Tensor> tensors) {
    Buffer total = gpu.memory().allocate(Double.BYTES);
    try (SquareSums sums = new SquareSums(tensors)) {
      file.kernel("sum_partial")
          .begin()
          .put(sums.partial())
          .put(sums.count)
          .put(total)
          .launchBlocks(1, Kernel.BLOCK);
      gpu.memory().download(total, result);
      return result.get(ValueLayout.JAVA_DOUBLE, 0);
    } finally {
      gpu.memory().release(total);
    }
  }

  /** The sum of squares of each block, and which tensor it worked on. */
  private final class SquareSums implements AutoCloseable {
    final int count;
    private final Scratch scratch;
    private int launched;
    private int tensorsBefore;

    SquareSums(List<Tensor> tensors) {
      count = Math.toIntExact(TensorTable.blocksOf(tensors));
      scratch = new Scratch(gpu, Math.max(1, count) * (long) (Double.BYTES + Integer.BYTES));
      Kernel squares = file.kernel("sum_of_squares");
      table.forEach(
          List.of(tensors),
          (some, blocks) -> {
            squares
                .begin()
                .put(some)
                .put(partial() + (long) Double.BYTES * launched)
                .put(owners() + (long) Integer.BYTES * launched)
                .put(tensorsBefore)
                .launchBlocks(blocks, Kernel.BLOCK);
            launched += blocks;
            tensorsBefore += TensorTable.count(some);
          });
    }

    long partial() {
      return scratch.address();
    }

    long owners() {
      return scratch.address() + (long) Double.BYTES * count;
    }

    @Override
    public void close() {
      scratch.close();
    }
  }
}
