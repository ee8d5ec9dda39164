package io.auxgrad.kernels.cpu;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import java.util.function.Consumer;

/** Runs an op of float32 on tensors that may be bfloat16. */
final class Widening {
  private final CpuPointwise pointwise;

  Widening(CpuPointwise pointwise) {
    this.pointwise = pointwise;
  }

  /** Writes {@code result} with {@code op}, which is given a float32 tensor to write. */
  void run(Tensor result, Consumer<Tensor> op) {
    try (var _ = TensorScope.open()) {
      if (result.dtype() == DType.FLOAT32) {
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
