package io.auxgrad.autograd;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.MathMode;
import io.auxgrad.tensor.ops.MatmulOps;

/** Matrix products and the fully connected layer built on them. */
public final class MatmulGradients {
  private MatmulGradients() {}

  /** {@code a b}: {@code [M,K] x [K,N] -> [M,N]}, or with a leading batch in both. */
  public static Variable matmul(Variable a, Variable b) {
    return matmul(a, false, b, false);
  }

  /** {@link #matmul(Variable, boolean, Variable, boolean, MathMode)} in float32. */
  public static Variable matmul(Variable a, boolean transposeA, Variable b, boolean transposeB) {
    return matmul(a, transposeA, b, transposeB, MathMode.FP32);
  }

  /**
   * {@code op(a) op(b)} where {@code op} transposes the last two dimensions if asked, of the type
   * of {@code a}.
   *
   * @param math what float32 may be multiplied as, forward and backward
   */
  public static Variable matmul(
      Variable a, boolean transposeA, Variable b, boolean transposeB, MathMode math) {
    MatmulOps matmul = a.backend().matmul();
    DType aType = a.value().dtype();
    DType bType = b.value().dtype();
    Tensor y = matmul.multiply(a.value(), transposeA, b.value(), transposeB, aType, math);
    return Tape.record(
        y,
        saver -> {
          Tensor savedA = saver.saveFor(b, a.value());
          Tensor savedB = saver.saveFor(a, b.value());
          return (dy, into) -> {
            into.add(
                a,
                () ->
                    transposeA
                        ? matmul.multiply(savedB, transposeB, dy, true, aType, math)
                        : matmul.multiply(dy, false, savedB, !transposeB, aType, math));
            into.add(
                b,
                () ->
                    transposeB
                        ? matmul.multiply(dy, true, savedA, transposeA, bType, math)
                        : matmul.multiply(savedA, !transposeA, dy, false, bType, math));
          };
        },
        a,
        b);
  }

  /**
   * {@code x w^T + bias} along the last axis: {@code [..., I] -> [..., O]}.
   *
   * @param w {@code [O,I]}
   * @param bias {@code [O]}, or null
   */
  public static Variable linear(Variable x, Variable w, Variable bias) {
    return linear(x, w, bias, MathMode.FP32);
  }

  /**
   * {@link #linear(Variable, Variable, Variable)} with a say in how products are computed.
   *
   * @param math what float32 may be multiplied as, forward and backward
   */
  public static Variable linear(Variable x, Variable w, Variable bias, MathMode math) {
    if (x.shape().rank() < 1 || w.shape().rank() != 2 || x.shape().dim(-1) != w.shape().dim(1)) {
      throw new TensorException(
          "linear: input "
              + x.shape()
              + " must end in the inputs of weight "
              + w.shape()
              + ", which is [outputs,inputs]");
    }
    int outputs = w.shape().dim(0);
    Variable rows = x.reshape(Shape.of(Math.toIntExact(x.shape().rows()), x.shape().dim(-1)));
    Variable product = matmul(rows, false, w, true, math);
    Variable sum = bias == null ? product : product.plus(bias);
    Variable y = sum.reshape(x.shape().with(-1, outputs));
    rows.release();
    product.release();
    sum.release();
    return y;
  }
}
