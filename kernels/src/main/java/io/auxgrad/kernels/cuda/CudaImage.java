package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.ImageOps;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Launches the views of {@code image.cu}, each in one kernel. */
final class CudaImage extends ImageOps {
  /** Output pixels of a thread; with {@link Kernel#BLOCK} threads those of a tile. */
  private static final int PER_THREAD = 4;

  private static final int CHANNELS = 3;

  private final KernelFile file;
  private final KernelFile.Typed input;
  private final KernelFile.Typed classes;
  private final KernelFile.Typed normals;
  private final MemorySegment sizesArgument = Arena.ofAuto().allocate(24, 4);
  private final MemorySegment normalizationArgument = Arena.ofAuto().allocate(24, 4);

  CudaImage(Gpu gpu) {
    file = new KernelFile(gpu, "image.cu");
    input = file.typed("input");
    classes = file.typed("classes");
    normals = file.typed("normals");
  }

  @Override
  protected void runInput(Tensor rgb, Tensor views, float[] mean, float[] deviation, Tensor y) {
    // struct Normalization of image.cu
    MemorySegment.copy(mean, 0, normalizationArgument, ValueLayout.JAVA_FLOAT, 0, CHANNELS);
    MemorySegment.copy(
        deviation, 0, normalizationArgument, ValueLayout.JAVA_FLOAT, CHANNELS * 4, CHANNELS);
    input
        .begin(y.dtype())
        .put(rgb)
        .put(views)
        .put(y)
        .put(sizes(rgb, y))
        .put(normalizationArgument)
        .launch(y.shape().rows(), PER_THREAD);
  }

  @Override
  protected void runClasses(Tensor classes, Tensor views, Tensor y) {
    this.classes
        .begin(classes.dtype())
        .put(classes)
        .put(views)
        .put(y)
        .put(sizes(classes, y))
        .launch(y.size(), PER_THREAD);
  }

  @Override
  protected void runDepth(Tensor depth, Tensor views, Masked y) {
    launch(file.kernel("depth").begin(), depth, views, y);
  }

  @Override
  protected void runNormals(Tensor normals, Tensor views, Masked y) {
    launch(this.normals.begin(normals.dtype()), normals, views, y);
  }

  private void launch(Kernel kernel, Tensor source, Tensor views, Masked y) {
    kernel
        .put(source)
        .put(views)
        .put(y.values())
        .put(y.mask())
        .put(sizes(source, y.mask()))
        .launch(y.mask().size(), PER_THREAD);
  }

  /** {@code struct Sizes} of {@code image.cu}. */
  private MemorySegment sizes(Tensor source, Tensor target) {
    Shape from = source.shape();
    Shape to = target.shape();
    Pixels.requireCountable("image views", (long) to.dim(0) * to.dim(1) * to.dim(2));
    int[] sizes = {from.dim(0), from.dim(1), from.dim(2), to.dim(0), to.dim(1), to.dim(2)};
    MemorySegment.copy(sizes, 0, sizesArgument, ValueLayout.JAVA_INT, 0, sizes.length);
    return sizesArgument;
  }
}
