package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.kernels.cuda.launch.Scratch;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.AdamStep;
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
      List<Tensor> velocities,
      boolean first,
      Sgd settings) {
    if (settings.momentum() == 0) {
      Kernel sgd = file.kernel("sgd");
      table.forEach(
          List.of(parameters, gradients),
          (tensors, blocks) ->
              sgd.begin()
                  .put(tensors)
                  .put(settings.learningRate())
                  .put(settings.weightDecay())
                  .launchBlocks(blocks, Kernel.BLOCK));
      return;
    }
    Kernel sgd = file.kernel(first ? "sgd_first" : "sgd_momentum");
    table.forEach(
        List.of(parameters, gradients, velocities),
        (tensors, blocks) -> {
          sgd.begin()
              .put(tensors)
              .put(settings.learningRate())
              .put(settings.weightDecay())
              .put(settings.momentum())
              .put(settings.nesterov() ? 1 : 0);
          if (!first) {
            sgd.put(1 - settings.dampening());
          }
          sgd.launchBlocks(blocks, Kernel.BLOCK);
        });
  }

  @Override
  protected void runAdam(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> means,
      List<Tensor> squares,
      long step,
      Adam settings) {
    Kernel adam = file.kernel("adam");
    AdamStep numbers = AdamStep.of(settings, step);
    table.forEach(
        List.of(parameters, gradients, means, squares),
        (tensors, blocks) ->
            adam.begin()
                .put(tensors)
                .put(numbers.penalty())
                .put(numbers.shrink())
                .put(numbers.beta1())
                .put(numbers.fresh1())
                .put(numbers.beta2())
                .put(numbers.fresh2())
                .put(numbers.size())
                .put(numbers.correction())
                .put(numbers.eps())
                .launchBlocks(blocks, Kernel.BLOCK));
  }

  @Override
  protected void runAverage(List<Tensor> averages, List<Tensor> values, float decay) {
    Kernel average = file.kernel("average");
    table.forEach(
        List.of(averages, values),
        (tensors, blocks) ->
            average.begin().put(tensors).put(decay).launchBlocks(blocks, Kernel.BLOCK));
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
    int partials = Math.toIntExact(TensorTable.blocksOf(tensors));
    Buffer total = gpu.memory().allocate(Double.BYTES);
    try (Scratch scratch = new Scratch(gpu, Math.max(1, partials) * (long) Double.BYTES)) {
      Kernel squares = file.kernel("sum_of_squares");
      long[] partial = {scratch.address()};
      table.forEach(
          List.of(tensors),
          (some, blocks) -> {
            squares.begin().put(some).put(partial[0]).launchBlocks(blocks, Kernel.BLOCK);
            partial[0] += (long) Double.BYTES * blocks;
          });
      file.kernel("sum_partial")
          .begin()
          .put(scratch.address())
          .put(partials)
          .put(total)
          .launchBlocks(1, Kernel.BLOCK);
      gpu.memory().download(total, result);
      return result.get(ValueLayout.JAVA_DOUBLE, 0);
    } finally {
      gpu.memory().release(total);
    }
  }
}
