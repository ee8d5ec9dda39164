package io.auxgrad.kernels.cpu;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import java.util.function.Consumer;

/**
 * Runs an op of float32 on tensors that may be bfloat16, by way of float32 copies as large as they
 * are. For ops that are not worth loops over {@link Tiles}.
 */
final class Widening {
  private final CpuPointwise pointwise;

  Widening(CpuPointwise pointwise) {
    this.pointwise = pointwise;
  }

  /**
   * Writes {@code result} with {@code op}, which is given a float32 tensor in its place if it is
   * bfloat16, and else {@code result} itself, of any type or null.
   */
  void run(Tensor result, Consumer<Tensor> op) {
    try (var _ = TensorScope.open()) {
      if (result == null || result.dtype() != DType.BFLOAT16) {
        op.accept(result);
      } else {
        Tensor wide = Tensor.empty(result.memory(), DType.FLOAT32, result.shape());
        op.accept(wide);
        pointwise.runCast(wide, result);
      }
    }
  }

  /** The values of {@code t} in float32; to be called inside of {@link #run}. */
  Tensor of(Tensor t) {
    return t.dtype() == DType.FLOAT32 ? t : pointwise.cast(t, DType.FLOAT32);
  }
}
