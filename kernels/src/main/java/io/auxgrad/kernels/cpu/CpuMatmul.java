package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.onednn.MatmulPlans;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.MatmulOps;

/** Matrix products through oneDNN. */
final class CpuMatmul extends MatmulOps {
  private record Product(Shape a, boolean transposeA, Shape b, boolean transposeB, Shape result) {}

  private final PlanCache<Product> products;

  CpuMatmul(CpuContext context) {
    products =
        new PlanCache<>(
            context,
            (dnn, key) ->
                MatmulPlans.multiply(
                    dnn, key.a(), key.transposeA(), key.b(), key.transposeB(), key.result()));
  }

  @Override
  protected void runMultiply(
      Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor out) {
    Product key = new Product(a.shape(), transposeA, b.shape(), transposeB, out.shape());
    products.run(key, a.address(), b.address(), out.address());
  }
}
