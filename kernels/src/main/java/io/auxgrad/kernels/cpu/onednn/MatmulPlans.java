package io.auxgrad.kernels.cpu.onednn;

import static io.auxgrad.kernels.cpu.onednn.PrimitivePlan.Operand.in;
import static io.auxgrad.kernels.cpu.onednn.PrimitivePlan.Operand.out;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;

/** Makes plans for matrix products. */
public final class MatmulPlans {
  private static final int ARG_SRC = 1;
  private static final int ARG_DST = 17;
  private static final int ARG_WEIGHTS = 33;

  private MatmulPlans() {}

  /** A factor; {@code transpose} exchanges its last two axes. */
  public record Factor(Shape shape, boolean transpose, DType type) {
    private MemoryDesc as(DType type) {
      return matrix(shape, transpose, type);
    }
  }

  /**
   * {@code op(a) op(b)} for ranks 2 and 3; operands: a, b, result. If one of them is bfloat16,
   * factors are taken as such.
   */
  public static Plan multiply(OneDnn dnn, Factor a, Factor b, Shape result, DType type) {
    boolean half =
        a.type() == DType.BFLOAT16 || b.type() == DType.BFLOAT16 || type == DType.BFLOAT16;
    DType factors = half ? DType.BFLOAT16 : DType.FLOAT32;
    try (Attributes attributes = new Attributes();
        MemoryDesc left = a.as(a.type());
        MemoryDesc right = b.as(b.type());
        MemoryDesc factorLeft = a.as(factors);
        MemoryDesc factorRight = b.as(factors);
        MemoryDesc out = matrix(result, false, type)) {
      long descriptor =
          Library.create(
              "dnnl_matmul_primitive_desc_create",
              dnn.engine(),
              factorLeft.handle(),
              factorRight.handle(),
              0L,
              out.handle(),
              attributes.handle());
      return new PrimitivePlan(
          dnn,
          "product of %s and %s".formatted(left, right),
          descriptor,
          in(ARG_SRC, left, 0),
          in(ARG_WEIGHTS, right, 0),
          out(ARG_DST, out, 0));
    }
  }

  private static MemoryDesc matrix(Shape shape, boolean transpose, DType type) {
    long rows = shape.dim(-2);
    long columns = shape.dim(-1);
    long height = transpose ? columns : rows;
    long width = transpose ? rows : columns;
    long down = transpose ? 1 : columns;
    long right = transpose ? columns : 1;
    return shape.rank() == 2
        ? MemoryDesc.strided(type, new long[] {height, width}, down, right)
        : MemoryDesc.strided(
            type, new long[] {shape.dim(0), height, width}, rows * columns, down, right);
  }
}
