package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.MatmulOps;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Matrix products by kernels of our own, {@code matmul.cu}, which do without tensor cores. */
final class CudaMatmul extends MatmulOps {
  private static final int PRODUCT_FIELDS = 5;

  private final KernelFile.TypedByTwo toFloat32;
  private final KernelFile.TypedByTwo toBfloat16;
  private final MemorySegment product = Arena.ofAuto().allocate(4L * PRODUCT_FIELDS, 16);

  CudaMatmul(Gpu gpu) {
    KernelFile file = new KernelFile(gpu, "matmul.cu");
    toFloat32 = file.typedByTwo("multiply_to_f32");
    toBfloat16 = file.typedByTwo("multiply_to_bf16");
  }

  @Override
  protected void runMultiply(
      Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor out) {
    Shape shape = out.shape();
    int rows = shape.dim(-2);
    int columns = shape.dim(-1);
    int depth = a.shape().dim(transposeA ? -2 : -1);
    long batches = shape.rank() == 2 ? 1 : shape.dim(0);
    KernelFile.TypedByTwo kernels = out.dtype() == DType.FLOAT32 ? toFloat32 : toBfloat16;
    Kernel kernel = kernels.begin(a.dtype(), b.dtype()).put(a).put(b).put(out);
    kernel.put(describe(rows, columns, depth, transposeA, transposeB));
    kernel.launchBlocks(TileGrid.blocks(batches, rows, columns), TileGrid.THREADS);
  }

  /** {@code struct Product} of {@code matmul.cu}. */
  private MemorySegment describe(
      int rows, int columns, int depth, boolean transposeA, boolean transposeB) {
    product.setAtIndex(ValueLayout.JAVA_INT, 0, rows);
    product.setAtIndex(ValueLayout.JAVA_INT, 1, columns);
    product.setAtIndex(ValueLayout.JAVA_INT, 2, depth);
    product.setAtIndex(ValueLayout.JAVA_INT, 3, transposeA ? 1 : 0);
    product.setAtIndex(ValueLayout.JAVA_INT, 4, transposeB ? 1 : 0);
    return product;
  }
}
