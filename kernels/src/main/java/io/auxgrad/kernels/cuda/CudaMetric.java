package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.kernels.cuda.launch.Scratch;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.MetricOps;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Launches the sums of {@code metric.cu}: one kernel over the pixels, one over what it leaves; and
 * one over counts.
 */
final class CudaMetric extends MetricOps {
  /** Pixels of a thread, as long as an image has not more parts than {@link #MOST_PARTS}. */
  private static final int PER_THREAD = 4;

  private static final int MOST_PARTS = 256;

  private final Gpu gpu;
  private final KernelFile file;
  private final KernelFile.Typed depth;
  private final KernelFile.Typed normals;
  private final MemorySegment partsArgument = Arena.ofAuto().allocate(16, 8);

  CudaMetric(Gpu gpu) {
    this.gpu = gpu;
    file = new KernelFile(gpu, "metric.cu");
    depth = file.typed("depth");
    normals = file.typed("normals");
  }

  @Override
  protected void runDepth(
      Tensor prediction, Tensor target, Tensor mask, float minimum, Tensor sums) {
    sum(
        prediction.shape().dim(0),
        prediction.size(),
        sums,
        partial ->
            depth
                .begin(prediction.dtype())
                .put(prediction)
                .put(target)
                .put(mask)
                .put(partsArgument)
                .put(minimum)
                .put(partial));
  }

  @Override
  protected void runNormals(
      Tensor prediction, Tensor target, Tensor mask, Tensor sums, Tensor histogram) {
    sum(
        prediction.shape().dim(0),
        prediction.shape().rows(),
        sums,
        partial ->
            normals
                .begin(prediction.dtype())
                .put(prediction)
                .put(target)
                .put(mask)
                .put(partsArgument)
                .put(partial)
                .put(histogram)
                .put((int) histogram.size()));
  }

  @Override
  protected void runAccumulate(Tensor counts, Tensor sums) {
    long n = counts.size();
    file.kernel("add_counts").begin().put(counts).put(sums).put(n).launch(n, 1);
  }

  private interface Arguments {
    /** The kernel that leaves its sums at {@code partial}, ready to be launched. */
    Kernel of(long partial);
  }

  private void sum(int images, long pixels, Tensor sums, Arguments arguments) {
    if (pixels == 0) {
      return;
    }
    long each = pixels / images;
    int parts = (int) Math.min(MOST_PARTS, Math.ceilDiv(each, Kernel.BLOCK * PER_THREAD));
    long blocks = (long) images * parts;
    // struct Parts of metric.cu
    partsArgument.set(ValueLayout.JAVA_LONG, 0, each);
    partsArgument.set(ValueLayout.JAVA_INT, 8, images);
    partsArgument.set(ValueLayout.JAVA_INT, 12, parts);
    try (Scratch partial = new Scratch(gpu, sums.size() * blocks * Double.BYTES)) {
      arguments.of(partial.address()).launchBlocks(blocks, Kernel.BLOCK);
      file.kernel("add_parts")
          .begin()
          .put(partial.address())
          .put(sums)
          .put(partsArgument)
          .launchBlocks(sums.size(), Kernel.BLOCK);
    }
  }
}
