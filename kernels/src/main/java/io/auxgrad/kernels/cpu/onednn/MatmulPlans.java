package io.auxgrad.kernels.cpu.onednn;

import static io.auxgrad.kernels.cpu.onednn.Plan.Operand.in;
import static io.auxgrad.kernels.cpu.onednn.Plan.Operand.out;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Activation;

/** Makes plans for matrix products. */
public final class MatmulPlans {
  private static final int ARG_SRC = 1;
  private static final int ARG_DST = 17;
  private static final int ARG_WEIGHTS = 33;

  private MatmulPlans() {}

  /**
   * {@code op(a) op(b)} for ranks 2 and 3, {@code op} transposing the last two axes if asked;
   * operands: a, b, result.
   */
  public static Plan multiply(
      OneDnn dnn, Shape a, boolean transposeA, Shape b, boolean transposeB, Shape result) {
    try (Attributes attributes = new Attributes(Activation.IDENTITY);
        MemoryDesc left = matrix(a, transposeA);
        MemoryDesc right = matrix(b, transposeB);
        MemoryDesc out = matrix(result, false)) {
      long descriptor =
          Library.create(
              "dnnl_matmul_primitive_desc_create",
              dnn.engine(),
              left.handle(),
              right.handle(),
              0L,
              out.handle(),
              attributes.handle());
      return new Plan(
          dnn,
          "product of %s and %s".formatted(left, right),
          descriptor,
          in(ARG_SRC, left),
          in(ARG_WEIGHTS, right),
          out(ARG_DST, out));
    }
  }

  private static MemoryDesc matrix(Shape shape, boolean transpose) {
    long rows = shape.dim(-2);
    long columns = shape.dim(-1);
    long height = transpose ? columns : rows;
    long width = transpose ? rows : columns;
    long down = transpose ? 1 : columns;
    long right = transpose ? columns : 1;
    return shape.rank() == 2
        ? MemoryDesc.strided(new long[] {height, width}, down, right)
        : MemoryDesc.strided(new long[] {shape.dim(0), height, width}, rows * columns, down, right);
  }
}
