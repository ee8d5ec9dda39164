package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;

/**
 * Matrix products of rank 2, or of rank 3 with a leading batch.
 *
 * <p>Factors and result are float32 or bfloat16, each of its own; where one of the factors is
 * bfloat16, both are rounded to it. Sums are float32 in any case. Float32 is multiplied as such
 * unless a {@link MathMode} says otherwise.
 */
public abstract class MatmulOps {
  /**
   * {@code op(a) op(b)} where {@code op} transposes the last two dimensions if asked: {@code [M,K]
   * x [K,N] -> [M,N]}, or {@code [B,M,K] x [B,K,N] -> [B,M,N]}, of the type of {@code a}.
   */
  public final Tensor multiply(Tensor a, boolean transposeA, Tensor b, boolean transposeB) {
    return multiply(a, transposeA, b, transposeB, a.dtype());
  }

  /**
   * {@link #multiply(Tensor, boolean, Tensor, boolean)} to a result of type {@code type}.
   *
   * @param type float32, or bfloat16 if a factor is
   */
  public final Tensor multiply(
      Tensor a, boolean transposeA, Tensor b, boolean transposeB, DType type) {
    return multiply(a, transposeA, b, transposeB, type, MathMode.FP32);
  }

  /**
   * {@link #multiply(Tensor, boolean, Tensor, boolean, DType)} with a say in how products are
   * computed.
   */
  public final Tensor multiply(
      Tensor a, boolean transposeA, Tensor b, boolean transposeB, DType type, MathMode math) {
    Checks.activation("matmul", "a", a);
    Checks.activation("matmul", "b", b);
    Checks.require(
        type == DType.FLOAT32 || type == a.dtype() || type == b.dtype(),
        "matmul",
        "a of type %s and b of type %s give no product of type %s",
        a.dtype(),
        b.dtype(),
        type);
    Checks.sameDevice("matmul", a, b);
    int rank = a.shape().rank();
    Checks.require(
        (rank == 2 || rank == 3) && b.shape().rank() == rank,
        "matmul",
        "a %s and b %s must both be of rank 2, or both of rank 3",
        a.shape(),
        b.shape());
    Checks.require(
        rank == 2 || a.shape().dim(0) == b.shape().dim(0),
        "matmul",
        "batches of a %s and b %s differ",
        a.shape(),
        b.shape());
    int m = a.shape().dim(transposeA ? -1 : -2);
    int inner = a.shape().dim(transposeA ? -2 : -1);
    int n = b.shape().dim(transposeB ? -2 : -1);
    Checks.require(
        inner == b.shape().dim(transposeB ? -1 : -2),
        "matmul",
        "inner extents of a %s%s and b %s%s differ",
        a.shape(),
        transposeA ? " transposed" : "",
        b.shape(),
        transposeB ? " transposed" : "");
    Shape shape = rank == 2 ? Shape.of(m, n) : Shape.of(a.shape().dim(0), m, n);
    Tensor out = Tensor.empty(a.memory(), type, shape);
    Launch.run(
        "matmul.multiply", () -> runMultiply(a, transposeA, b, transposeB, math, out), a, b, out);
    MacCounter.add(out.size() * inner);
    return out;
  }

  /** Writes {@code out}. */
  protected abstract void runMultiply(
      Tensor a, boolean transposeA, Tensor b, boolean transposeB, MathMode math, Tensor out);
}
