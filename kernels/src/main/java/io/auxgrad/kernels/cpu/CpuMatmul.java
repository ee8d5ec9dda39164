package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.onednn.MatmulPlans;
import io.auxgrad.kernels.cpu.onednn.MatmulPlans.Factor;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.MathMode;
import io.auxgrad.tensor.ops.MatmulOps;

/** Matrix products through oneDNN. */
final class CpuMatmul extends MatmulOps {
  private record Product(Factor a, Factor b, Shape result, DType type) {}

  private final PlanCache<Product> products;

  CpuMatmul(CpuContext context) {
    products =
        new PlanCache<>(
            context,
            (dnn, key) -> MatmulPlans.multiply(dnn, key.a(), key.b(), key.result(), key.type()));
  }

  @Override
  protected void runMultiply(
      Tensor a, boolean transposeA, Tensor b, boolean transposeB, MathMode math, Tensor out) {
    multiply(
        new Factor(a.shape(), transposeA, a.dtype()),
        new Factor(b.shape(), transposeB, b.dtype()),
        out.shape(),
        out.dtype(),
        a.address(),
        b.address(),
        out.address());
  }

  /** Writes {@code out} of shape {@code result} and type {@code type}. */
  void multiply(Factor a, Factor b, Shape result, DType type, long atA, long atB, long out) {
    if (a.shape().size() == 0) {
      // Where there is nothing to add up, oneDNN writes nothing.
      Native.clear(out, result.size() * type.bytes());
      return;
    }
    products.run(new Product(a, b, result, type), atA, atB, out);
  }
}
