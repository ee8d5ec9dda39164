package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.MatrixProduct;
import io.auxgrad.kernels.cuda.launch.Primitives;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.MathMode;
import io.auxgrad.tensor.ops.MatmulOps;

/** Matrix products by cuBLAS; by kernels of our own where that is not there or does not serve. */
final class CudaMatmul extends MatmulOps {
  private final OwnMatmul own;
  private final Casts casts;
  private final Primitives primitivesOrNull;
  private final boolean bfloat16;

  CudaMatmul(Gpu gpu) {
    own = new OwnMatmul(gpu);
    casts = new Casts(gpu);
    primitivesOrNull = gpu.primitives().orElse(null);
    bfloat16 = gpu.multipliesBfloat16();
  }

  @Override
  protected void runMultiply(
      Tensor a, boolean transposeA, Tensor b, boolean transposeB, MathMode math, Tensor out) {
    Shape shape = out.shape();
    boolean narrow = a.dtype() == DType.BFLOAT16 || b.dtype() == DType.BFLOAT16;
    DType factors = narrow ? DType.BFLOAT16 : DType.FLOAT32;
    MatrixProduct product =
        new MatrixProduct(
            shape.rank() == 2 ? 1 : shape.dim(0),
            shape.dim(-2),
            shape.dim(-1),
            a.shape().dim(transposeA ? -2 : -1),
            transposeA,
            transposeB,
            factors,
            out.dtype(),
            math);
    boolean isEmpty = out.size() == 0 || product.depth() == 0;
    if (primitivesOrNull == null || isEmpty || (narrow && !bfloat16)) {
      own.multiply(product, a, b, out);
      return;
    }
    // What is float32 beside bfloat16 is a parameter: activations and gradients are of one type.
    try (Casts.Operand first = casts.parameter(a, factors);
        Casts.Operand second = casts.parameter(b, factors)) {
      primitivesOrNull.multiply(product, first.address(), second.address(), out.address());
    }
  }
}
