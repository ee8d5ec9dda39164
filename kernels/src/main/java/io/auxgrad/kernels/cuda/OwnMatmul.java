package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.kernels.cuda.launch.MatrixProduct;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Matrix products by kernels of our own, {@code matmul.cu}, which do without tensor cores. */
final class OwnMatmul {
  private static final int PRODUCT_FIELDS = 5;

  private final KernelFile.TypedByTwo toFloat32;
  private final KernelFile.TypedByTwo toBfloat16;
  private final MemorySegment product = Arena.ofAuto().allocate(4L * PRODUCT_FIELDS, 16);

  OwnMatmul(Gpu gpu) {
    KernelFile file = new KernelFile(gpu, "matmul.cu");
    toFloat32 = file.typedByTwo("multiply_to_f32");
    toBfloat16 = file.typedByTwo("multiply_to_bf16");
  }

  /** Writes {@code out}; the factors may be of different types. */
  void multiply(MatrixProduct p, Tensor a, Tensor b, Tensor out) {
    KernelFile.TypedByTwo kernels = out.dtype() == DType.FLOAT32 ? toFloat32 : toBfloat16;
    Kernel kernel = kernels.begin(a.dtype(), b.dtype()).put(a).put(b).put(out);
    kernel.put(describe(p));
    kernel.launchBlocks(TileGrid.blocks(p.batches(), p.rows(), p.columns()), TileGrid.THREADS);
  }

  /** {@code struct Product} of {@code matmul.cu}. */
  private MemorySegment describe(MatrixProduct p) {
    product.setAtIndex(ValueLayout.JAVA_INT, 0, p.rows());
    product.setAtIndex(ValueLayout.JAVA_INT, 1, p.columns());
    product.setAtIndex(ValueLayout.JAVA_INT, 2, p.depth());
    product.setAtIndex(ValueLayout.JAVA_INT, 3, p.transposeA() ? 1 : 0);
    product.setAtIndex(ValueLayout.JAVA_INT, 4, p.transposeB() ? 1 : 0);
    return product;
  }
}
